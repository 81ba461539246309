import { beforeEach, describe, expect, it } from 'vitest';
import { parseDeliveryDoorbell } from '../../../lambdas/core/doorbell-body.ts';
import { laterAfter, never, ServiceError } from '../../../lambdas/core/service-error.ts';
import { eachMessage, eachRing, queuedMessage } from '../../../lambdas/runtime/sqs-batch.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { sqsEvent, sqsRecord } from '../../builders/lambda-events.ts';
import { inMemoryWorkQueue } from '../../fakes/in-memory-queue.ts';
import { type RecordedLog, recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';

let log: RecordedLog;
beforeEach(() => {
  log = recordedLog();
});

const defect = new TypeError('a defect, told with a name: Jane Doe');

const deliveryId = 'dlv_00000000000000000000000000000001';

describe('eachMessage', () => {
  it('answers that all are done', async () => {
    const seen: string[] = [];
    const answer = await eachMessage(sqsEvent('a', 'b', 'c'), log, async ({ body }) => {
      seen.push(body);
    });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(log.lines).toEqual([]);
  });

  it('names those that failed, and only those', async () => {
    const done: string[] = [];
    const answer = await eachMessage(sqsEvent('a', 'poison', 'c', 'poison'), log, async ({ body }) => {
      if (body === 'poison') throw defect;
      done.push(body);
    });
    expect(answer).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-2' }, { itemIdentifier: 'message-4' }],
    });
    expect(done).toEqual(['a', 'c']);
  });

  it('names all where all failed, and does not throw: that would be an error of the function', async () => {
    const answer = await eachMessage(sqsEvent('a', 'b'), log, () => Promise.reject(defect));
    expect(answer).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-2' }],
    });
  });

  it('promise 6: logs the name of an error and not its text', async () => {
    await eachMessage(sqsEvent('a'), log, () => Promise.reject(defect));
    const fields = { messageId: 'message-1', correlationId: 'message-1', error: 'TypeError' };
    expect(log.lines).toEqual([{ level: 'error', event: 'message.failed', fields }]);
  });

  it('logs the code of a failure that has one', async () => {
    const details = { operation: 'sendAgain', error: 'TimeoutError' };
    const failure = new ServiceError('queue.unavailable', details, { retry: laterAfter(2_000) });
    await eachMessage(sqsEvent('a'), log, () => Promise.reject(failure));
    expect(log.of('message.failed')).toEqual([
      { messageId: 'message-1', correlationId: 'message-1', error: 'queue.unavailable' },
    ]);
  });

  it('says of an event which it was, and of a ring what it was rung for', async () => {
    const bodies = [opportunityEvent(), { deliveryId, correlationId: 'event-2' }].map((body) =>
      JSON.stringify(body),
    );
    await eachMessage(sqsEvent(...bodies), log, () => Promise.reject(defect));
    expect(log.of('message.failed')).toEqual([
      { messageId: 'message-1', correlationId: opportunityEvent()['id'], error: 'TypeError' },
      { messageId: 'message-2', correlationId: 'event-2', deliveryId, error: 'TypeError' },
    ]);
  });

  it('has nothing to answer for an empty batch', async () => {
    const answer = await eachMessage(sqsEvent(), log, () => Promise.reject(defect));
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it('works on all at once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const answer = await eachMessage(sqsEvent('waits', 'frees'), log, async ({ body }) => {
      if (body === 'waits') await promise;
      else resolve();
    });
    expect(answer).toEqual({ batchItemFailures: [] });
  });
});

describe('queuedMessage', () => {
  it.each([
    [undefined, 0],
    ['0', 0],
    ['7', 7],
    ['-1', 0],
    ['1.5', 0],
    ['', 0],
    ['many', 0],
    ['1e99', 0],
  ])('counts how often a message was sent again: %j', (timesSentAgain, expected) => {
    const record = sqsRecord({ body: '{}', ...(timesSentAgain === undefined ? {} : { timesSentAgain }) });
    expect(queuedMessage(record)).toEqual({ messageId: 'message-1', body: '{}', timesSentAgain: expected });
  });
});

function ringing() {
  const metrics = recordedMetrics<'DoorbellsParked'>();
  return { log, parked: inMemoryWorkQueue(), countParked: () => metrics.count('DoorbellsParked'), metrics };
}

describe('eachRing', () => {
  const body = JSON.stringify({ deliveryId });

  it('answers what was parsed', async () => {
    const rings: unknown[] = [];
    const parts = ringing();
    const revival = JSON.stringify({ deliveryId, revive: true });
    const answer = await eachRing(sqsEvent(body, revival), parts, parseDeliveryDoorbell, async (ring) => {
      rings.push(ring);
    });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(rings).toEqual([
      { deliveryId, revive: false },
      { deliveryId, revive: true },
    ]);
    expect(parts.parked.parked).toEqual([]);
  });

  it('acknowledges what may pass: the row is still due, and `sweep` rings again', async () => {
    const parts = ringing();
    const details = { operation: 'claim', error: 'TimeoutError' };
    const failure = new ServiceError('store.unavailable', details, { retry: laterAfter(2_000) });
    const answer = await eachRing(sqsEvent(body), parts, parseDeliveryDoorbell, () =>
      Promise.reject(failure),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(parts.parked.parked).toEqual([]);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        event: 'message.postponed',
        fields: {
          messageId: 'message-1',
          correlationId: 'message-1',
          deliveryId,
          code: 'store.unavailable',
          reason: JSON.stringify(details),
        },
      },
    ]);
  });

  it('leaves what may pass to the queue, where the ring is all there is', async () => {
    const parts = ringing();
    const revival = JSON.stringify({ deliveryId, revive: true });
    const details = { operation: 'revive', error: 'TimeoutError' };
    const failure = new ServiceError('store.unavailable', details, { retry: laterAfter(2_000) });
    const fail = () => Promise.reject(failure);
    const answer = await eachRing(
      sqsEvent(body, revival),
      parts,
      parseDeliveryDoorbell,
      fail,
      ({ revive }) => revive,
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-2' }] });
  });

  it.each([
    ['no JSON', '{"deliveryId"', 'event.malformed'],
    ['names no delivery', '{}', 'doorbell.malformed'],
    ['a delivery of another shape', '{"deliveryId":"dlv_1"}', 'doorbell.malformed'],
  ] as const)('parks what can never be answered and answers the rest: %s', async (_, poison, code) => {
    const parts = ringing();
    const answered: unknown[] = [];
    const answer = await eachRing(sqsEvent(poison, body), parts, parseDeliveryDoorbell, async (ring) => {
      answered.push(ring);
    });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(answered).toEqual([{ deliveryId, revive: false }]);
    expect(parts.parked.parked).toEqual([{ body: poison, code, reason: expect.any(String) }]);
    expect(parts.metrics.totals()).toEqual({ DoorbellsParked: 1 });
    expect(log.of('message.parked')).toMatchObject([{ messageId: 'message-1', code }]);
  });

  it('parks what the work gives up for ever', async () => {
    const parts = ringing();
    const details = { operation: 'add', error: 'ValidationException' };
    const failure = new ServiceError('store.refused', details, { retry: never });
    await eachRing(sqsEvent(body), parts, parseDeliveryDoorbell, () => Promise.reject(failure));
    expect(parts.parked.parked).toEqual([{ body, code: 'store.refused', reason: JSON.stringify(details) }]);
  });

  it('leaves to the queue what nobody foresaw', async () => {
    const parts = ringing();
    const answer = await eachRing(sqsEvent(body), parts, parseDeliveryDoorbell, () => Promise.reject(defect));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(parts.parked.parked).toEqual([]);
  });

  it('and what it could not park', async () => {
    const details = { operation: 'park', error: 'TimeoutError' };
    const failure = new ServiceError('queue.unavailable', details, { retry: laterAfter(2_000) });
    const parts = { ...ringing(), parked: { park: () => Promise.reject(failure) } };
    const answer = await eachRing(sqsEvent('poison'), parts, parseDeliveryDoorbell, async () => {});
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(parts.metrics.totals()).toEqual({});
  });
});
