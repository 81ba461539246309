import { beforeEach, describe, expect, it } from 'vitest';
import { Canaries } from '../../local/chaos/canaries.ts';
import type { CallFault, ProxiedCall } from '../../local/chaos/fault-proxy.ts';
import { History } from '../../local/chaos/history.ts';
import { Recorder } from '../../local/chaos/recorder.ts';
import { TruthLog } from '../../local/chaos/truth-log.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';

const path = 'AWS/opportunity/O11111111';
const readAt = '2031-05-06T10:00:00.250Z';
const before = '2031-05-06T09:59:00.000Z';

const nowMs = (): number => Date.parse(readAt);

let calls: string[];
let recorder: Recorder;

beforeEach(() => {
  calls = [];
  recorder = new Recorder({
    history: new History(nowMs),
    canaries: new Canaries(seededRandom(1)),
    truth: new TruthLog(nowMs, () => undefined),
    queues: () => [],
    chaoticQueues: () => new Map(),
    onAnswerDelayed: (delayed) => calls.push(`delayed ${delayed}`),
    onStored: (stored, readAtMs) => calls.push(`stored ${stored} of ${new Date(readAtMs).toISOString()}`),
  });
});

function call(operation: string, body: object, status: number, fault?: CallFault): void {
  const service: ProxiedCall['service'] = operation.startsWith('Get') ? 'PARTNERCENTRAL_SELLING' : 'DYNAMODB';
  const called = { functionId: 'Sample/Work', service, operation, body: JSON.stringify(body) };
  recorder.onCall(called, fault, { status, body: '{}' });
}

const append = {
  TransactItems: [
    {
      Put: {
        Item: { pk: { S: path }, version: { N: '3' }, readAt: { S: readAt } },
        ExpressionAttributeValues: { ':version': { N: '2' }, ':readAt': { S: before } },
      },
    },
  ],
};
const confirm = { Key: { pk: { S: path } }, ExpressionAttributeValues: { ':readAt': { S: readAt } } };

describe('Recorder', () => {
  it('reports each state that was written or confirmed, with the time of its read', () => {
    call('TransactWriteItems', append, 200);
    call('UpdateItem', confirm, 200);
    expect(calls).toEqual([`stored ${path} of ${readAt}`, `stored ${path} of ${readAt}`]);
  });

  it('does not report a refused write or a write without a read', () => {
    call('TransactWriteItems', append, 400);
    call('UpdateItem', { Key: { pk: { S: path } } }, 200);
    expect(calls).toEqual([]);
  });

  it('reports each answer of Partner Central that is delayed', () => {
    const read = { Catalog: 'AWS', Identifier: 'O11111111' };
    call('GetOpportunity', read, 200);
    call('GetOpportunity', read, 200, { kind: 'answer-late', byMs: 5 });
    expect(calls).toEqual([`delayed ${path}`]);
  });
});
