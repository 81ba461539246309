import { describe, expect, it } from 'vitest';
import type { CountedRun, Usage } from '../../../docs/generate/counts.ts';
import { renderTable } from '../../../docs/generate/markdown-table.ts';
import {
  estimateEventCost,
  estimateScheduleCost,
  estimateSlownessCost,
} from '../../../docs/generate/month.ts';
import { UsageTally } from '../../../docs/generate/tally.ts';

const nothing: Usage = {
  invocations: 0,
  durationMs: 0,
  memoryMb: 1_024,
  writeUnits: {},
  readUnits: {},
  sqsRequests: 0,
  secretCalls: 0,
  partnerCentralCalls: {},
  logBytes: 0,
  metrics: {},
};
const run: CountedRun = {
  events: 10,
  webhooks: 10,
  webhookBytes: 10_000,
  versionBytes: 20_000,
  functions: {
    Deliver: {
      ...nothing,
      invocations: 10,
      durationMs: 1_000,
      writeUnits: { Webhooks: 30, Records: 10 },
      readUnits: { Records: 10 },
      sqsRequests: 20,
      logBytes: 5_000,
      metrics: { DeliveriesDelivered: 10, DeliveriesRetried: 1 },
    },
    Sweep: { ...nothing, invocations: 2, readUnits: { Records: 4 } },
  },
};
const usdByLine = (lines: ReturnType<typeof estimateEventCost>) =>
  Object.fromEntries(lines.map(({ what, usd }) => [what, Number(usd.toFixed(6))]));

const usageOfCall = (body: object, answer: object, operation = 'PutItem'): Usage | undefined => {
  const tally = new UsageTally(
    () => 'Records',
    () => 512,
  );
  const call = {
    functionId: 'A/Sweep/Function',
    service: 'DYNAMODB',
    operation,
    body: JSON.stringify(body),
  } as const;
  tally.recordCall(call, JSON.stringify(answer));
  return tally.usageByFunction()['Sweep'];
};

describe('the cost of a month', () => {
  it('multiplies the counts per event, the number of events and the list prices', () => {
    expect(usdByLine(estimateEventCost(run, 1_000_000, 30))).toEqual({
      Lambda: 1.53334,
      'DynamoDB writes': 2.5,
      'DynamoDB reads': 0.125,
      SQS: 1.2,
      Logs: 0.25,
      'Secrets Manager calls': 1.314,
      'Metrics of our own': 0.6,
      'Webhooks out': 0.09,
      'Versions stored and backed up, first month': 0.9,
    });
  });

  it('includes each call for a secret, and at most one in five minutes and environment', () => {
    expect(usdByLine(estimateEventCost(run, 1_000, 30))['Secrets Manager calls']).toBe(0.005);
    expect(usdByLine(estimateEventCost(run, 10_000_000, 30))['Secrets Manager calls']).toBe(1.314);
  });

  it('bills a metric for the hours in which it is sent', () => {
    // Both metrics at 730 events: one in 1 - 1/e of the hours, the other in about a tenth.
    const hours = 1 - Math.exp(-1) + 1 - Math.exp(-0.1);
    expect(usdByLine(estimateEventCost(run, 730, 30))['Metrics of our own']).toBeCloseTo(0.3 * hours, 5);
  });

  it('lists schedules separately, at a fixed cost per minute', () => {
    expect(usdByLine(estimateScheduleCost(run))).toMatchObject({ 'DynamoDB reads': 0.01095 });
  });

  it('estimates what one more second per invocation costs', () => {
    expect(estimateSlownessCost(run, 1_000_000)).toBeCloseTo(13.3334);
  });
});

describe('UsageTally', () => {
  it('adds up the units that DynamoDB reports for one or several tables', () => {
    const consumed = { TableName: 't', CapacityUnits: 3 };
    expect(usageOfCall({}, { ConsumedCapacity: consumed })?.writeUnits).toEqual({ 'PutItem Records': 3 });
    expect(usageOfCall({}, { ConsumedCapacity: [consumed, consumed] })?.writeUnits).toEqual({
      'PutItem Records': 6,
    });
    expect(usageOfCall({}, { ConsumedCapacity: consumed }, 'Query')).toMatchObject({
      readUnits: { Records: 3 },
      writeUnits: {},
    });
  });

  it('separates the units of a table from those of its indexes', () => {
    const GlobalSecondaryIndexes = { recordsByStatus: { CapacityUnits: 2 }, outbox: { CapacityUnits: 0 } };
    const consumed = { TableName: 't', CapacityUnits: 5, GlobalSecondaryIndexes };
    const expected = { 'PutItem Records': 3, 'PutItem Records/recordsByStatus': 2 };
    expect(usageOfCall({}, { ConsumedCapacity: consumed })?.writeUnits).toEqual(expected);
    const withTable = { ...consumed, Table: { CapacityUnits: 3 } };
    expect(usageOfCall({}, { ConsumedCapacity: withTable })?.writeUnits).toEqual(expected);
  });

  it('counts a metric of a line once, however many values it has', () => {
    const tally = new UsageTally(
      () => 'Records',
      () => 512,
    );
    const functionId = 'A/Deliver/Function';
    const CloudWatchMetrics = [
      { Namespace: 'Relay', Dimensions: [['stack']], Metrics: [{ Name: 'OldestWorkAge' }] },
    ];
    const line = { _aws: { Timestamp: 1, CloudWatchMetrics }, stack: 'Relay', OldestWorkAge: [3, 4] };
    tally.recordLogLine(functionId, JSON.stringify(line));
    tally.recordLogLine(functionId, '{"message":"delivery.attempted"}');
    expect(tally.usageByFunction()['Deliver']).toMatchObject({
      metrics: { OldestWorkAge: 1 },
    });
  });

  it('counts a failed condition as a write', () => {
    expect(
      usageOfCall({ TableName: 't' }, { __type: 'x#ConditionalCheckFailedException' })?.writeUnits,
    ).toEqual({
      'PutItem Records': 1,
    });
  });

  it('counts the requests of Lambda that receive and delete ten messages at a time', () => {
    const tally = new UsageTally(
      () => 'Records',
      () => 512,
    );
    tally.recordInvocation(
      'A/Deliver/Function',
      { Records: Array.from({ length: 11 }, () => ({ eventSource: 'aws:sqs' })) },
      5,
    );
    tally.recordInvocation('A/Deliver/Function', { Records: [{ eventSource: 'aws:dynamodb' }] }, 5);
    expect(tally.usageByFunction()['Deliver']).toMatchObject({
      invocations: 2,
      durationMs: 10,
      sqsRequests: 4,
    });
  });

  it('requests the consumed capacity from DynamoDB only', () => {
    const call = { functionId: 'A', operation: 'PutItem', body: '{"a":1}' };
    expect(UsageTally.requestConsumedCapacity({ ...call, service: 'DYNAMODB' })).toBe(
      '{"a":1,"ReturnConsumedCapacity":"INDEXES"}',
    );
    expect(UsageTally.requestConsumedCapacity({ ...call, service: 'SQS' })).toBe('{"a":1}');
  });
});

it('renderTable escapes characters that would end a cell or read as HTML', () => {
  expect(renderTable(['a'], [['x | <account> < 0.01<br>']])).toBe(
    '| a |\n| --- |\n| x \\| &lt;account> < 0.01<br> |',
  );
});
