import { beforeEach, describe, expect, it } from 'vitest';
import { type DeliveryDoorbellMessage, parseDeliveryDoorbell } from '../../../lambdas/core/doorbell-body.ts';
import { laterAfter, never, ServiceError } from '../../../lambdas/core/service-error.ts';
import {
  answerDoorbells,
  collectFailures,
  eachMessage,
  queuedMessage,
} from '../../../lambdas/runtime/sqs-batch.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { sqsEvent, sqsRecord } from '../../builders/lambda-events.ts';
import { inMemoryWorkQueue } from '../../fakes/in-memory-queue.ts';
import { type RecordedLog, recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';

let log: RecordedLog;
beforeEach(() => {
  log = recordedLog();
});

const defect = new TypeError('a defect whose text has a name: Jane Doe');

const deliveryId = 'dlv_00000000000000000000000000000001';

describe('eachMessage', () => {
  it('answers without failures if all messages succeed', async () => {
    const seen: string[] = [];
    const answer = await eachMessage(sqsEvent('a', 'b', 'c'), log, async ({ body }) => {
      seen.push(body);
    });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(log.lines).toEqual([]);
  });

  it('answers the ids of the failed messages and works on the others', async () => {
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

  it('answers all ids instead of throwing if all messages fail', async () => {
    const answer = await eachMessage(sqsEvent('a', 'b'), log, () => Promise.reject(defect));
    expect(answer).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-2' }],
    });
  });

  it('promise 6: logs the name of an unexpected error but not its text', async () => {
    await eachMessage(sqsEvent('a'), log, () => Promise.reject(defect));
    const fields = { messageId: 'message-1', correlationId: 'message-1', error: 'TypeError' };
    expect(log.lines).toEqual([{ level: 'error', event: 'message.failed', fields }]);
  });

  it('logs the code of a service error', async () => {
    const details = { operation: 'sendAgain', error: 'TimeoutError' };
    const failure = new ServiceError('queue.unavailable', details, { retry: laterAfter(2_000) });
    await eachMessage(sqsEvent('a'), log, () => Promise.reject(failure));
    expect(log.of('message.failed')).toEqual([
      { messageId: 'message-1', correlationId: 'message-1', error: 'queue.unavailable' },
    ]);
  });

  it('logs the id of the event, and the delivery of a doorbell message', async () => {
    const bodies = [opportunityEvent(), { deliveryId, correlationId: 'event-2' }].map((body) =>
      JSON.stringify(body),
    );
    await eachMessage(sqsEvent(...bodies), log, () => Promise.reject(defect));
    expect(log.of('message.failed')).toEqual([
      { messageId: 'message-1', correlationId: opportunityEvent()['id'], error: 'TypeError' },
      { messageId: 'message-2', correlationId: 'event-2', deliveryId, error: 'TypeError' },
    ]);
  });

  it('answers an empty batch without failures', async () => {
    const answer = await eachMessage(sqsEvent(), log, () => Promise.reject(defect));
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it('works on all messages at once', async () => {
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
  ])('reads how often a message was sent again from the attribute %j', (timesSentAgain, expected) => {
    const record = sqsRecord({ body: '{}', ...(timesSentAgain === undefined ? {} : { timesSentAgain }) });
    expect(queuedMessage(record)).toEqual({
      messageId: 'message-1',
      body: '{}',
      timesSentAgain: expected,
      firstReceivedAtMs: Date.parse('2026-03-01T10:00:01Z'),
    });
  });
});

function doorbellDeps() {
  return { log, parked: inMemoryWorkQueue(), metrics: recordedMetrics<'DoorbellsParked'>() };
}

function answerAll(
  bodies: readonly string[],
  deps: Parameters<typeof answerDoorbells>[1],
  work: (message: DeliveryDoorbellMessage) => Promise<void>,
) {
  return answerDoorbells(sqsEvent(...bodies), deps, {
    parse: parseDeliveryDoorbell,
    work: (messages) => collectFailures(messages, work),
    mustKeep: ({ revive }) => revive,
  });
}

describe('answerDoorbells', () => {
  const body = JSON.stringify({ deliveryId });
  const revival = JSON.stringify({ deliveryId, revive: true });
  const later = laterAfter(2_000);

  it('hands over the parsed messages and answers without failures', async () => {
    const messages: unknown[] = [];
    const deps = doorbellDeps();
    const answer = await answerAll([body, revival], deps, async (message) => {
      messages.push(message);
    });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(messages).toEqual([
      { deliveryId, revive: false },
      { deliveryId, revive: true },
    ]);
    expect(deps.parked.parked).toEqual([]);
  });

  it('acknowledges a message after a transient failure, because `sweep` signals the row again', async () => {
    const deps = doorbellDeps();
    const details = { operation: 'claim', error: 'TimeoutError' };
    const failure = new ServiceError('store.unavailable', details, { retry: later });
    const answer = await answerAll([body], deps, () => Promise.reject(failure));
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(deps.parked.parked).toEqual([]);
    const ids = { messageId: 'message-1', correlationId: 'message-1', deliveryId };
    const fields = { ...ids, code: 'store.unavailable', reason: JSON.stringify(details) };
    expect(log.lines).toEqual([{ level: 'warn', event: 'message.postponed', fields }]);
  });

  it('leaves a message in the queue after a transient failure if no row says that there is work', async () => {
    const details = { operation: 'revive', error: 'TimeoutError' };
    const failure = new ServiceError('store.unavailable', details, { retry: later });
    const answer = await answerAll([body, revival], doorbellDeps(), () => Promise.reject(failure));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-2' }] });
  });

  it.each([
    ['that is no JSON', '{"deliveryId"', 'event.malformed'],
    ['that names no delivery', '{}', 'doorbell.malformed'],
    ['that names an invalid delivery', '{"deliveryId":"dlv_1"}', 'doorbell.malformed'],
  ] as const)('parks a message %s and works on the others', async (_, poison, code) => {
    const deps = doorbellDeps();
    const messages: unknown[] = [];
    const answer = await answerAll([poison, body], deps, async (message) => {
      messages.push(message);
    });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(messages).toEqual([{ deliveryId, revive: false }]);
    expect(deps.parked.parked).toEqual([{ body: poison, code, reason: expect.any(String) }]);
    expect(deps.metrics.totals()).toEqual({ DoorbellsParked: 1 });
    expect(log.of('message.parked')).toMatchObject([{ messageId: 'message-1', code }]);
  });

  it('parks a message whose work fails permanently', async () => {
    const deps = doorbellDeps();
    const details = { operation: 'add', error: 'ValidationException' };
    const failure = new ServiceError('store.refused', details, { retry: never });
    await answerAll([body], deps, () => Promise.reject(failure));
    expect(deps.parked.parked).toEqual([{ body, code: 'store.refused', reason: JSON.stringify(details) }]);
  });

  it('leaves a message in the queue after an unexpected error', async () => {
    const deps = doorbellDeps();
    const answer = await answerAll([body], deps, () => Promise.reject(defect));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(deps.parked.parked).toEqual([]);
  });

  it('leaves a message in the queue if it cannot be parked', async () => {
    const details = { operation: 'park', error: 'TimeoutError' };
    const failure = new ServiceError('queue.unavailable', details, { retry: later });
    const deps = { ...doorbellDeps(), parked: { park: () => Promise.reject(failure) } };
    const answer = await answerAll(['poison'], deps, async () => {});
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(deps.metrics.totals()).toEqual({});
  });
});
