import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { afterEach, describe, expect, test } from 'vitest';
import { sqsFindingQueue } from '../../lambdas/adapters/sqs-finding-queue.ts';
import type { JsonObject } from '../../lambdas/core/json.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { freePort } from '../../local/host/owned-process.ts';
import { inMemoryFindingQueue } from '../fakes/in-memory-finding-queue.ts';
import { useQueues } from './queues-under-test.ts';

const sqs = useQueues();
const bodies = Array.from({ length: 23 }, (_, index) => `{ "finding": ${index}, "é": "<&>" }`);

async function fake() {
  const queue = inMemoryFindingQueue();
  return { queue, received: async () => queue.takeAll() };
}

async function real() {
  const url = await sqs.newQueue();
  const received = async () => (await sqs.receiveAll(url)).map(({ body }) => body);
  return { queue: sqsFindingQueue(sqs.client(), url), received };
}

describe.each([
  ['in memory', fake],
  ['on SQS', real],
])('finding queue %s', (_name, newQueue) => {
  test('takes more bodies than fit into a batch', async () => {
    const { queue, received } = await newQueue();
    await queue.send(bodies);
    expect((await received()).toSorted()).toEqual(bodies.toSorted());
  });

  test('returns the number of waiting messages', async () => {
    const { queue } = await newQueue();
    expect(await queue.depth()).toBe(0);
    await queue.send(bodies);
    expect(await queue.depth()).toBe(23);
  });

  test('sends nothing for an empty list', async () => {
    const { queue, received } = await newQueue();
    await queue.send([]);
    expect(await received()).toEqual([]);
  });
});

const batch = v.object({ Entries: v.array(v.object({ Id: v.string(), MessageBody: v.string() })) });

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const queueUrl = 'http://127.0.0.1/000000000000/queue';

/** An SQS that gives every request this answer. */
async function answering(answer: (body: unknown) => JsonObject): Promise<SQSClient> {
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.stringify(answer(JSON.parse(await text(request))));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
  };
  const server = createServer((request, response) => void answerTo(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.close().closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const client = new SQSClient(clientSettings(`http://127.0.0.1:${address.port}`));
  cleanUps.push(() => client.destroy());
  return client;
}

/**
 * A queue that refuses the first entry of this many batches. `taken`: the entries accepted of each
 * batch.
 */
async function refusing(times: number) {
  const taken: string[][] = [];
  const client = await answering((body) => {
    const { Entries } = v.parse(batch, body);
    const refused = taken.length < times ? 1 : 0;
    const kept = Entries.slice(refused);
    taken.push(kept.map(({ MessageBody }) => MessageBody));
    return {
      Failed: Entries.slice(0, refused).map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })),
      Successful: kept.map(({ Id, MessageBody }) => {
        return { Id, MessageId: Id, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
      }),
    };
  });
  return { queue: sqsFindingQueue(client, queueUrl), taken };
}

describe('on SQS', () => {
  test('the depth includes delayed messages and messages in flight', async () => {
    const Attributes = {
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesDelayed: '20',
      ApproximateNumberOfMessagesNotVisible: '300',
    };
    const client = await answering(() => ({ Attributes }));
    expect(await sqsFindingQueue(client, queueUrl).depth()).toBe(321);
  });

  test('only the entries that SQS refused are sent again', async () => {
    const { queue, taken } = await refusing(2);
    await queue.send(bodies.slice(0, 3));
    expect(taken).toEqual([bodies.slice(1, 3), [], bodies.slice(0, 1)]);
  });

  test('an entry that SQS keeps refusing fails with queue.unavailable, to be retried', async () => {
    const { queue, taken } = await refusing(99);
    await expect(queue.send(bodies.slice(0, 2))).rejects.toMatchObject({
      code: 'queue.unavailable',
      retry: { kind: 'later' },
    });
    expect(taken).toEqual([[bodies[1]], [], []]);
  });

  test('a queue that does not answer fails with queue.unavailable, to be retried', async () => {
    const settings = { ...clientSettings(`http://127.0.0.1:${await freePort()}`), maxAttempts: 1 };
    const queue = sqsFindingQueue(new SQSClient(settings), queueUrl);
    const unavailable = { code: 'queue.unavailable', retry: { kind: 'later' } };
    await expect(queue.send(['{}'])).rejects.toMatchObject(unavailable);
    await expect(queue.depth()).rejects.toMatchObject(unavailable);
  });
});
