import { setTimeout as sleep } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import {
  sqsDeliveryDoorbell,
  sqsFanOutDoorbell,
  sqsLineDoorbell,
} from '../../lambdas/adapters/sqs-doorbell.ts';
import { sqsParkedQueue, sqsWorkQueue } from '../../lambdas/adapters/sqs-work-queue.ts';
import { parseDeliveryDoorbell, parseFanOutDoorbell } from '../../lambdas/core/doorbell-body.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { parseJsonText } from '../../lambdas/core/json-text.ts';
import type { LineKey } from '../../lambdas/core/line.ts';
import { parseLineDoorbell } from '../../lambdas/core/line-doorbell.ts';
import type { VersionRef } from '../../lambdas/core/record.ts';
import type { DeliveryDoorbell, FanOutDoorbell, LineDoorbell } from '../../lambdas/ports/doorbell.ts';
import type { WorkQueue } from '../../lambdas/ports/work-queue.ts';
import { queuedMessage } from '../../lambdas/runtime/sqs-batch.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { freePort } from '../../local/host/owned-process.ts';
import { opportunityKey } from '../builders/versions.ts';
import { inMemoryDoorbell, inMemoryWorkQueue } from '../fakes/in-memory-queue.ts';
import { deliveryOf } from './delivery-store-suite.ts';
import { useQueues } from './queues-under-test.ts';

const sqs = useQueues();

interface WaitingMessage {
  readonly body: string;
  readonly timesSentAgain: number;
}

interface WorkQueueUnderTest {
  readonly queue: WorkQueue;
  readonly waiting: () => Promise<readonly WaitingMessage[]>;
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

/**
 * Bodies that a queue must not change: JSON with spaces and escapes, text that is not JSON, 256
 * KiB.
 */
const bodies: readonly string[] = [
  '{ "id" :  "O1234567",\n"name":"\\u00e9 é 👩‍👩‍👧 <&> \\"quoted\\"" }',
  'no JSON at all',
  `{"id":"${'x'.repeat(250_000)}"}`,
];

function messageOf(body: string, timesSentAgain = 0): Parameters<WorkQueue['sendAgain']>[0] {
  return { messageId: '5c3f7d1e-0000-4000-8000-000000000001', body, timesSentAgain };
}

describe.each([
  ['in memory', fakeWorkQueue],
  ['on SQS', realWorkQueue],
])('work queue %s', (_name, newQueue) => {
  test.each(bodies)('sends a body again without changes (%#)', async (body) => {
    const { queue, waiting, parked } = await newQueue();
    await queue.sendAgain(messageOf(body), 0);
    expect(await waiting()).toEqual([{ body, timesSentAgain: 1 }]);
    expect(await parked()).toEqual([]);
  });

  test('counts how often a message was sent again', async () => {
    const { queue, waiting } = await newQueue();
    await queue.sendAgain(messageOf('{}', 41), 0);
    expect(await waiting()).toEqual([{ body: '{}', timesSentAgain: 42 }]);
  });

  test.each(bodies)('parks a body without changes, with its reason (%#)', async (body) => {
    const { queue, waiting, parked } = await newQueue();
    const reason = '{"path":"/detail/opportunity/identifier","expected":"a text","actual":"\\u0007 5 é"}';
    await queue.park(body, { code: 'event.malformed', reason });
    expect(await parked()).toEqual([{ body, code: 'event.malformed', reason }]);
    expect(await waiting()).toEqual([]);
  });
});

describe('requests to SQS', () => {
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
  test.each(delays)('rounds a delay of %i ms up to %i s', async (delayMs, seconds) => {
    const { queue } = await realWorkQueue();
    sqs.delaySeconds();
    await queue.sendAgain(messageOf('{}'), delayMs);
    await sqsDeliveryDoorbell(sqs.client(), await sqs.newQueue()).ring([deliveryOf().id], delayMs);
    expect(sqs.delaySeconds()).toEqual([seconds, seconds]);
  });

  test('delivers a delayed message only after its delay', async () => {
    const { queue, waiting } = await realWorkQueue();
    await queue.sendAgain(messageOf('{}'), 400);
    expect(await waiting()).toEqual([]);
    await sleep(1_100);
    expect(await waiting()).toEqual([{ body: '{}', timesSentAgain: 1 }]);
  });

  test('parks through sqsParkedQueue, which knows no other queue', async () => {
    const url = await sqs.newQueue();
    await sqsParkedQueue(sqs.client(), url).park('{}', { code: 'doorbell.malformed', reason: '{}' });
    const [parked] = await sqs.receiveAll(url);
    expect(parked?.messageAttributes['code']).toMatchObject({
      dataType: 'String',
      stringValue: 'doorbell.malformed',
    });
  });

  test('fails with queue.unavailable, to be retried later, if SQS does not answer', async () => {
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

/** More than two SQS batches, and not a multiple of a batch. */
const versions: readonly VersionRef[] = Array.from({ length: 23 }, (_, index) => ({
  ...opportunityKey,
  version: index + 1,
}));
const lineKey = { catalog: 'AWS', kind: 'opportunity' } as const;
const deliveries: readonly DeliveryId[] = versions.map(({ version }) => deliveryOf(version).id);

interface DoorbellsUnderTest {
  readonly delivery: DeliveryDoorbell;
  readonly fanOut: FanOutDoorbell;
  readonly signalledDeliveries: () => Promise<readonly DeliveryId[]>;
  readonly signalledVersions: () => Promise<readonly VersionRef[]>;
  readonly line: LineDoorbell;
  readonly signalledLines: () => Promise<readonly LineKey[]>;
}

async function fakeDoorbells(): Promise<DoorbellsUnderTest> {
  const delivery = inMemoryDoorbell<DeliveryId>();
  const fanOut = inMemoryDoorbell<VersionRef>();
  const line = inMemoryDoorbell<LineKey>();
  return {
    delivery,
    fanOut,
    signalledDeliveries: async () => delivery.rings.flatMap(({ rows }) => rows),
    signalledVersions: async () => fanOut.rings.flatMap(({ rows }) => rows),
    line,
    signalledLines: async () => line.rings.flatMap(({ rows }) => rows),
  };
}

async function realDoorbells(): Promise<DoorbellsUnderTest> {
  const urls = { delivery: await sqs.newQueue(), fanOut: await sqs.newQueue(), line: await sqs.newQueue() };
  const bodiesIn = async (url: string) => (await sqs.receiveAll(url)).map(({ body }) => parseJsonText(body));
  return {
    delivery: sqsDeliveryDoorbell(sqs.client(), urls.delivery),
    fanOut: sqsFanOutDoorbell(sqs.client(), urls.fanOut),
    signalledDeliveries: async () =>
      (await bodiesIn(urls.delivery)).map((body) => parseDeliveryDoorbell(body).deliveryId),
    signalledVersions: async () => (await bodiesIn(urls.fanOut)).map(parseFanOutDoorbell),
    line: sqsLineDoorbell(sqs.client(), urls.line),
    signalledLines: async () => (await bodiesIn(urls.line)).map(parseLineDoorbell),
  };
}

describe.each([
  ['in memory', fakeDoorbells],
  ['on SQS', realDoorbells],
])('doorbells %s', (_name, newDoorbells) => {
  test('sends one message for each line', async () => {
    const { line, signalledLines } = await newDoorbells();
    const lines = versions.map(({ version }) => ({ ...lineKey, id: `O${version}` }));
    await line.ring(lines);
    expect((await signalledLines()).map(({ id }) => id).toSorted()).toEqual(
      lines.map(({ id }) => id).toSorted(),
    );
  });

  test('sends one message for each delivery', async () => {
    const { delivery, signalledDeliveries } = await newDoorbells();
    await delivery.ring(deliveries);
    expect((await signalledDeliveries()).toSorted()).toEqual(deliveries.toSorted());
  });

  test('sends one message for each version', async () => {
    const { fanOut, signalledVersions } = await newDoorbells();
    await fanOut.ring(versions);
    expect((await signalledVersions()).toSorted((a, b) => a.version - b.version)).toEqual(versions);
  });

  test('sends nothing for an empty list', async () => {
    const { delivery, fanOut, signalledDeliveries, signalledVersions } = await newDoorbells();
    await delivery.ring([]);
    await fanOut.ring([]);
    expect(await signalledDeliveries()).toEqual([]);
    expect(await signalledVersions()).toEqual([]);
  });
});
