import { setTimeout as sleep } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { sqsDeliveryDoorbell, sqsFanOutDoorbell } from '../../lambdas/adapters/sqs-doorbell.ts';
import { sqsParkedQueue, sqsWorkQueue } from '../../lambdas/adapters/sqs-work-queue.ts';
import { parseDeliveryDoorbell, parseFanOutDoorbell } from '../../lambdas/core/doorbell-body.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { parseJsonText } from '../../lambdas/core/json-text.ts';
import type { VersionRef } from '../../lambdas/core/record.ts';
import type { DeliveryDoorbell, FanOutDoorbell } from '../../lambdas/ports/doorbell.ts';
import type { QueuedMessage, WorkQueue } from '../../lambdas/ports/work-queue.ts';
import { queuedMessage } from '../../lambdas/runtime/sqs-batch.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { freePort } from '../../local/host/owned-process.ts';
import { opportunityKey } from '../builders/versions.ts';
import { inMemoryDoorbell, inMemoryWorkQueue } from '../fakes/in-memory-queue.ts';
import { deliveryOf } from './delivery-store-suite.ts';
import { useQueues } from './queues-under-test.ts';

const sqs = useQueues();

interface Waiting {
  readonly body: string;
  readonly timesSentAgain: number;
}

interface WorkQueueUnderTest {
  readonly queue: WorkQueue;
  readonly waiting: () => Promise<readonly Waiting[]>;
  readonly parked: () => Promise<readonly unknown[]>;
}

async function fakeWorkQueue(): Promise<WorkQueueUnderTest> {
  const queue = inMemoryWorkQueue();
  const waiting = async () => queue.sent.map(({ body, timesSentAgain }) => ({ body, timesSentAgain }));
  return { queue, waiting, parked: async () => queue.parked };
}

async function realWorkQueue(): Promise<WorkQueueUnderTest> {
  const urls = { queue: await sqs.newQueue(), parked: await sqs.newQueue() };
  return {
    queue: sqsWorkQueue(sqs.client(), urls),
    waiting: async () =>
      (await sqs.receiveAll(urls.queue)).map((record) => {
        const { body, timesSentAgain } = queuedMessage(record);
        return { body, timesSentAgain };
      }),
    parked: async () =>
      (await sqs.receiveAll(urls.parked)).map(({ body, messageAttributes: { code, reason } }) => ({
        body,
        code: code?.stringValue,
        reason: reason?.stringValue,
      })),
  };
}

/** Bodies that a queue must not touch: JSON with its spaces and escapes, text that is no JSON, a quarter of a megabyte. */
const bodies: readonly string[] = [
  '{ "id" :  "O1234567",\n"name":"\\u00e9 é 👩‍👩‍👧 <&> \\"quoted\\"" }',
  'no JSON at all',
  `{"id":"${'x'.repeat(250_000)}"}`,
];

function messageOf(body: string, timesSentAgain = 0): QueuedMessage {
  return { messageId: '5c3f7d1e-0000-4000-8000-000000000001', body, timesSentAgain };
}

describe.each([
  ['in memory', fakeWorkQueue],
  ['on SQS', realWorkQueue],
])('work queue %s', (_name, newQueue) => {
  test.each(bodies)('sends a body again as it came (%#)', async (body) => {
    const { queue, waiting, parked } = await newQueue();
    await queue.sendAgain(messageOf(body), 0);
    expect(await waiting()).toEqual([{ body, timesSentAgain: 1 }]);
    expect(await parked()).toEqual([]);
  });

  test('counts every time a message was sent again', async () => {
    const { queue, waiting } = await newQueue();
    await queue.sendAgain(messageOf('{}', 41), 0);
    expect(await waiting()).toEqual([{ body: '{}', timesSentAgain: 42 }]);
  });

  test.each(bodies)('parks a body as it came, with its reason (%#)', async (body) => {
    const { queue, waiting, parked } = await newQueue();
    const reason = '{"path":"/detail/opportunity/identifier","expected":"a text","actual":"\\u0007 5 é"}';
    await queue.park(body, { code: 'event.malformed', reason });
    expect(await parked()).toEqual([{ body, code: 'event.malformed', reason }]);
    expect(await waiting()).toEqual([]);
  });
});

describe('what SQS is asked for', () => {
  const delays: readonly (readonly [number, number])[] = [
    [0, 0],
    [1, 1],
    [999, 1],
    [1_000, 1],
    [1_001, 2],
    [899_999, 900],
    [900_000, 900],
    [86_400_000, 900],
  ];
  test.each(delays)('%i ms of delay are %i whole seconds', async (delayMs, seconds) => {
    const { queue } = await realWorkQueue();
    sqs.delaySeconds();
    await queue.sendAgain(messageOf('{}'), delayMs);
    await sqsDeliveryDoorbell(sqs.client(), await sqs.newQueue()).ring([deliveryOf().id], delayMs);
    expect(sqs.delaySeconds()).toEqual([seconds, seconds]);
  });

  test('a delayed message cannot be received before', async () => {
    const { queue, waiting } = await realWorkQueue();
    await queue.sendAgain(messageOf('{}'), 400);
    expect(await waiting()).toEqual([]);
    await sleep(1_100);
    expect(await waiting()).toEqual([{ body: '{}', timesSentAgain: 1 }]);
  });

  test('a parked queue alone parks', async () => {
    const url = await sqs.newQueue();
    await sqsParkedQueue(sqs.client(), url).park('{}', { code: 'doorbell.malformed', reason: '{}' });
    const [parked] = await sqs.receiveAll(url);
    expect(parked?.messageAttributes['code']).toMatchObject({
      dataType: 'String',
      stringValue: 'doorbell.malformed',
    });
  });

  test('a queue that does not answer is unavailable, later', async () => {
    const client = new SQSClient({
      ...clientSettings(`http://127.0.0.1:${await freePort()}`),
      maxAttempts: 1,
    });
    const urls = {
      queue: 'http://127.0.0.1/000000000000/queue',
      parked: 'http://127.0.0.1/000000000000/parked',
    };
    const queue = sqsWorkQueue(client, urls);
    const unavailable = { code: 'queue.unavailable', retry: { kind: 'later' } };
    await expect(queue.sendAgain(messageOf('{}'), 0)).rejects.toMatchObject(unavailable);
    await expect(queue.park('{}', { code: 'event.malformed', reason: '{}' })).rejects.toMatchObject(
      unavailable,
    );
    await expect(sqsDeliveryDoorbell(client, urls.queue).ring([deliveryOf().id])).rejects.toMatchObject(
      unavailable,
    );
    await expect(sqsFanOutDoorbell(client, urls.queue).ring([deliveryOf().version])).rejects.toMatchObject(
      unavailable,
    );
  });
});

/** More than two batches of SQS, and not a whole number of them. */
const versions: readonly VersionRef[] = Array.from({ length: 23 }, (_, index) => ({
  ...opportunityKey,
  version: index + 1,
}));
const deliveries: readonly DeliveryId[] = versions.map(({ version }) => deliveryOf(version).id);

interface DoorbellsUnderTest {
  readonly delivery: DeliveryDoorbell;
  readonly fanOut: FanOutDoorbell;
  readonly rungDeliveries: () => Promise<readonly DeliveryId[]>;
  readonly rungVersions: () => Promise<readonly VersionRef[]>;
}

async function fakeDoorbells(): Promise<DoorbellsUnderTest> {
  const delivery = inMemoryDoorbell<DeliveryId>();
  const fanOut = inMemoryDoorbell<VersionRef>();
  return {
    delivery,
    fanOut,
    rungDeliveries: async () => delivery.rings.flatMap(({ rows }) => rows),
    rungVersions: async () => fanOut.rings.flatMap(({ rows }) => rows),
  };
}

async function realDoorbells(): Promise<DoorbellsUnderTest> {
  const urls = { delivery: await sqs.newQueue(), fanOut: await sqs.newQueue() };
  const bodiesIn = async (url: string) => (await sqs.receiveAll(url)).map(({ body }) => parseJsonText(body));
  return {
    delivery: sqsDeliveryDoorbell(sqs.client(), urls.delivery),
    fanOut: sqsFanOutDoorbell(sqs.client(), urls.fanOut),
    rungDeliveries: async () =>
      (await bodiesIn(urls.delivery)).map((body) => parseDeliveryDoorbell(body).deliveryId),
    rungVersions: async () => (await bodiesIn(urls.fanOut)).map(parseFanOutDoorbell),
  };
}

describe.each([
  ['in memory', fakeDoorbells],
  ['on SQS', realDoorbells],
])('doorbells %s', (_name, newDoorbells) => {
  test('ring once for each delivery, however many', async () => {
    const { delivery, rungDeliveries } = await newDoorbells();
    await delivery.ring(deliveries);
    expect((await rungDeliveries()).toSorted()).toEqual(deliveries.toSorted());
  });

  test('ring once for each version, however many', async () => {
    const { fanOut, rungVersions } = await newDoorbells();
    await fanOut.ring(versions);
    expect((await rungVersions()).toSorted((a, b) => a.version - b.version)).toEqual(versions);
  });

  test('ring for nothing without a word', async () => {
    const { delivery, fanOut, rungDeliveries, rungVersions } = await newDoorbells();
    await delivery.ring([]);
    await fanOut.ring([]);
    expect(await rungDeliveries()).toEqual([]);
    expect(await rungVersions()).toEqual([]);
  });
});
