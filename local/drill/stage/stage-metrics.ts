import * as v from 'valibot';
import { readEmbeddedMetrics } from '../../embedded-metrics.ts';
import type { BusRule, TargetOutcome } from '../../host/eventbridge/event-bus.ts';
import type { InvocationResult } from '../../host/functions/invocation.ts';
import type { Stage } from '../../host/stage.ts';
import type { MetricData } from '../alarms/metric-data.ts';
import type { DrillClock } from './drill-clock.ts';

/**
 * SQS sends metrics of a queue that nothing polls for up to six hours after it held a message.
 * SQS Developer Guide, "Monitoring Amazon SQS queues using CloudWatch".
 */
const activeMs = 6 * 3_600_000;

const streamBatch = v.object({
  Records: v.pipe(
    v.array(v.object({ dynamodb: v.object({ ApproximateCreationDateTime: v.number() }) })),
    v.minLength(1),
  ),
});

/** The queues of a stage. */
export interface MeasuredStage extends Pick<Stage, 'measureQueue'> {
  /** The short id and the name of each queue. */
  readonly queueNames: () => readonly (readonly [id: string, name: string])[];
}

/**
 * Measures what happens on a stage as AWS's services measure it, and writes it to the metrics. No
 * metric is assumed: each value is a log line, an invocation, an event at a rule or a queue.
 */
export class StageMetrics {
  readonly #data: MetricData;
  readonly #clock: DrillClock;
  /** When each queue last held a message, by the short id of the queue. */
  readonly #activeAtMs = new Map<string, number>();

  constructor(data: MetricData, clock: DrillClock) {
    this.#data = data;
    this.#clock = clock;
  }

  /** Metrics of the functions themselves, from their log. */
  readonly onLine = (_functionId: string, line: string): void => {
    for (const { metric, value, atMs } of readEmbeddedMetrics(line)) this.#data.add(metric, value, atMs);
  };

  /** Metrics of Lambda. */
  onInvoke(functionName: string, event: unknown, { ok, durationMs }: InvocationResult): void {
    const atMs = this.#clock.nowMs() - durationMs;
    const add = (name: string, value: number): void =>
      this.#data.add(
        { namespace: 'AWS/Lambda', name, dimensions: { FunctionName: functionName } },
        value,
        atMs,
      );
    add('Invocations', 1);
    add('Errors', ok ? 0 : 1);
    add('Duration', durationMs);
    const batch = v.safeParse(streamBatch, event);
    const last = batch.success ? batch.output.Records.at(-1) : undefined;
    if (last === undefined) return;
    // DynamoDB leaves out milliseconds. A jump within that second must not count as age.
    const createdAtMs = this.#clock.fromMachine(last.dynamodb.ApproximateCreationDateTime * 1_000 + 999);
    add('IteratorAge', Math.max(0, atMs - createdAtMs));
  }

  /** Metrics of EventBridge, which emits those of failures only if they are not 0. */
  readonly onTarget = ({ name: RuleName }: BusRule, outcome: TargetOutcome): void => {
    const add = (name: string): void =>
      this.#data.add({ namespace: 'AWS/Events', name, dimensions: { RuleName } }, 1, this.#clock.nowMs());
    add('MatchedEvents');
    if (outcome === 'delivered') return add('Invocations');
    add('FailedInvocations');
    add(outcome === 'parked' ? 'InvocationsSentToDlq' : 'InvocationsFailedToBeSentToDlq');
  };

  /** Metrics of SQS, which measures each queue about once a minute. */
  measureQueues({ queueNames, measureQueue }: MeasuredStage, isPolled: (queueId: string) => boolean): void {
    const nowMs = this.#clock.nowMs();
    for (const [id, QueueName] of queueNames()) {
      const { visible, total, oldestSentAtMs } = measureQueue(id);
      if (total > 0) this.#activeAtMs.set(id, nowMs);
      const activeAtMs = this.#activeAtMs.get(id) ?? Number.NEGATIVE_INFINITY;
      if (!isPolled(id) && nowMs - activeAtMs > activeMs) continue;
      const oldestAtMs = oldestSentAtMs === undefined ? nowMs : this.#clock.fromMachine(oldestSentAtMs);
      const add = (name: string, value: number): void =>
        this.#data.add({ namespace: 'AWS/SQS', name, dimensions: { QueueName } }, value, nowMs);
      add('ApproximateNumberOfMessagesVisible', visible);
      add('ApproximateAgeOfOldestMessage', Math.max(0, nowMs - oldestAtMs) / 1_000);
    }
  }
}
