import { describe, expect, it } from 'vitest';
import { MetricData, type Statistic } from '../../../local/drill/alarms/metric-data.ts';
import { DrillClock } from '../../../local/drill/stage/drill-clock.ts';
import { type MeasuredStage, StageMetrics } from '../../../local/drill/stage/stage-metrics.ts';
import type { BusRule } from '../../../local/host/eventbridge/event-bus.ts';

const hourMs = 3_600_000;

/** Metrics on a machine whose clock a test sets. */
function metricsAt(startMs: number) {
  let machineMs = startMs;
  const data = new MetricData();
  const clock = new DrillClock(() => machineMs);
  return {
    clock,
    metrics: new StageMetrics(data, clock),
    passOnMachine: (ms: number) => void (machineMs += ms),
    /** The statistic of everything that was measured. */
    valueOf: (
      namespace: string,
      name: string,
      dimensions: Record<string, string>,
      statistic: Statistic = 'Sum',
    ) =>
      data.statisticOf({ namespace, name, dimensions }, statistic, { fromMs: 0, untilMs: Number.MAX_VALUE }),
  };
}

function stageWith(measure: ReturnType<MeasuredStage['measureQueue']>): MeasuredStage {
  return {
    queueNames: () => [
      ['Work/Queue', 'work'],
      ['Work/Parked', 'parked'],
    ],
    measureQueue: () => measure,
  };
}
const isPolled = (id: string): boolean => id === 'Work/Queue';

describe('the metrics of Lambda', () => {
  const deliver = { FunctionName: 'deliver' };

  it('count invocations and failures', () => {
    const { metrics, valueOf } = metricsAt(hourMs);
    metrics.onInvoke('deliver', {}, { ok: true, response: null, durationMs: 20 });
    metrics.onInvoke('deliver', {}, { ok: false, error: new Error('timeout'), durationMs: 30 });
    expect(valueOf('AWS/Lambda', 'Invocations', deliver)).toBe(2);
    expect(valueOf('AWS/Lambda', 'Errors', deliver)).toBe(1);
    expect(valueOf('AWS/Lambda', 'Duration', deliver, 'Maximum')).toBe(30);
    expect(valueOf('AWS/Lambda', 'IteratorAge', deliver)).toBeUndefined();
  });

  it('have the age of the last record of a stream batch, also over a jump of the clock', () => {
    const { metrics, valueOf, clock, passOnMachine } = metricsAt(hourMs);
    const records = [1, hourMs / 1_000].map((ApproximateCreationDateTime) => ({
      dynamodb: { ApproximateCreationDateTime },
    }));
    passOnMachine(2_000);
    clock.advanceTo(2 * hourMs);
    metrics.onInvoke('fan-out', { Records: records }, { ok: true, response: null, durationMs: 0 });
    // DynamoDB leaves out the milliseconds, so up to a second is not counted.
    expect(valueOf('AWS/Lambda', 'IteratorAge', { FunctionName: 'fan-out' }, 'Maximum')).toBe(hourMs - 999);
  });
});

it('the metrics of EventBridge exist only for what happened to an event', () => {
  const { metrics, valueOf } = metricsAt(hourMs);
  const rule: BusRule = {
    id: 'rule',
    name: 'rule',
    arn: 'arn:rule',
    state: 'ENABLED',
    matches: () => true,
    targets: [],
  };
  const value = (name: string) => valueOf('AWS/Events', name, { RuleName: 'rule' });
  metrics.onTarget(rule, 'delivered');
  expect(['MatchedEvents', 'FailedInvocations', 'InvocationsSentToDlq'].map(value)).toEqual([
    1,
    undefined,
    undefined,
  ]);
  metrics.onTarget(rule, 'parked');
  expect([value('InvocationsSentToDlq'), value('InvocationsFailedToBeSentToDlq')]).toEqual([1, undefined]);
  metrics.onTarget(rule, 'lost');
  expect([value('FailedInvocations'), value('InvocationsFailedToBeSentToDlq')]).toEqual([2, 1]);
});

describe('the metrics of SQS', () => {
  const empty = { visible: 0, inFlight: 0, total: 0, oldestSentAtMs: undefined };

  it('have the depth of a queue, and the age of its oldest message over jumps of the clock', () => {
    const { metrics, valueOf, clock } = metricsAt(hourMs);
    const stage = stageWith({ visible: 2, inFlight: 0, total: 3, oldestSentAtMs: hourMs - 5_000 });
    clock.advanceTo(3 * hourMs);
    metrics.measureQueues(stage, isPolled);
    const depth = 'ApproximateNumberOfMessagesVisible';
    expect(valueOf('AWS/SQS', depth, { QueueName: 'parked' }, 'Maximum')).toBe(2);
    const age = valueOf('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: 'work' }, 'Maximum');
    expect(age).toBe(2 * 3_600 + 5);
  });

  it('end six hours after a queue that nothing polls was empty', () => {
    const { metrics, valueOf, clock } = metricsAt(hourMs);
    // Each measurement adds 1 to the sum.
    const idle = { ...empty, visible: 1 };
    const measurementsOf = (QueueName: string) =>
      valueOf('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName });
    metrics.measureQueues(stageWith(idle), isPolled);
    expect([measurementsOf('work'), measurementsOf('parked')]).toEqual([1, undefined]);
    metrics.measureQueues(stageWith({ ...idle, total: 1 }), isPolled);
    clock.advanceTo(7 * hourMs);
    metrics.measureQueues(stageWith(idle), isPolled);
    clock.advanceTo(7 * hourMs + 1_000);
    metrics.measureQueues(stageWith(idle), isPolled);
    expect([measurementsOf('work'), measurementsOf('parked')]).toEqual([4, 2]);
  });
});
