import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { useSqs } from './use-sqs.ts';

const { engine, client, createQueue } = useSqs();

async function tunedQueue(name: string, delaySeconds = 0) {
  const url = await createQueue(name);
  const arrivals: number[] = [];
  engine().tune(name, { delaySeconds, onArrival: () => arrivals.push(performance.now()) });
  return { url, arrivals };
}

async function receive(QueueUrl: string): Promise<readonly Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    WaitTimeSeconds: 0,
    MaxNumberOfMessages: 10,
    AttributeNames: ['All'],
  });
  return (await client().send(command)).Messages ?? [];
}

it('an embedded queue reports a message when it becomes receivable', async () => {
  const { url, arrivals } = await tunedQueue('prompt');
  expect(await receive(url)).toEqual([]);
  await client().send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'now' }));
  await expect.poll(() => arrivals.length).toBe(1);
  expect(await receive(url)).toMatchObject([{ Body: 'now', Attributes: { ApproximateReceiveCount: '1' } }]);
});

it('an embedded queue accepts a fractional delay, and the delay of a message overrides it', async () => {
  const { url, arrivals } = await tunedQueue('delayed', 0.15);
  const sentAt = performance.now();
  await client().send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'short' }));
  await client().send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'at once', DelaySeconds: 0 }));
  await expect.poll(() => receive(url)).toMatchObject([{ Body: 'at once' }]);
  expect(arrivals).toHaveLength(1);
  await expect.poll(() => arrivals.length).toBe(2);
  expect((arrivals[1] ?? 0) - sentAt).toBeGreaterThan(140);
  await expect.poll(() => receive(url)).toMatchObject([{ Body: 'short' }]);
});

it('an embedded queue does not count visibility changes as receives, and parks after the limit', async () => {
  const { url, arrivals } = await tunedQueue('retried');
  const parked = await tunedQueue('parked');
  const attributes = await client().send(
    new GetQueueAttributesCommand({ QueueUrl: parked.url, AttributeNames: ['QueueArn'] }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: attributes.Attributes?.QueueArn,
    maxReceiveCount: 2,
  });
  await client().send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { RedrivePolicy } }));
  await client().send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'poison' }));
  for (const count of ['1', '2']) {
    const [message] = await receive(url);
    expect(message?.Attributes?.ApproximateReceiveCount).toBe(count);
    await client().send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout: 0.05,
      }),
    );
    await sleep(80);
  }
  expect(await receive(url)).toEqual([]);
  expect(arrivals).toHaveLength(3);
  // The other queue has the message, so this one does not report its age.
  await client().send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'newer' }));
  const [moved, newer] = ['parked', 'retried'].map((name) => engine().measure(name).oldestSentAtMs ?? 0);
  expect(newer).toBeGreaterThan(moved ?? 0);
  const [message] = await receive(parked.url);
  expect(message).toMatchObject({ Body: 'poison', Attributes: { ApproximateReceiveCount: '1' } });
  await client().send(
    new DeleteMessageCommand({ QueueUrl: parked.url, ReceiptHandle: message?.ReceiptHandle }),
  );
});

it('an embedded queue is measured as SQS measures it', async () => {
  const name = 'measured';
  const work = await tunedQueue(name);
  expect(engine().measure(name)).toEqual({ visible: 0, inFlight: 0, total: 0, oldestSentAtMs: undefined });
  const beforeMs = Date.now();
  await client().send(new SendMessageCommand({ QueueUrl: work.url, MessageBody: 'first' }));
  await client().send(
    new SendMessageCommand({ QueueUrl: work.url, MessageBody: 'later', DelaySeconds: 900 }),
  );
  await expect.poll(() => engine().measure(name)).toMatchObject({ visible: 1, total: 2 });
  const { oldestSentAtMs = 0 } = engine().measure(name);
  expect(oldestSentAtMs).toBeGreaterThanOrEqual(beforeMs);

  const [received] = await receive(work.url);
  const moved = { QueueUrl: work.url, ReceiptHandle: received?.ReceiptHandle };
  expect(engine().measure(name)).toMatchObject({ visible: 0, inFlight: 1, total: 2, oldestSentAtMs });
  await client().send(new DeleteMessageCommand(moved));
  expect(engine().measure(name)).toMatchObject({ visible: 0, total: 1 });
  expect(engine().measure(name).oldestSentAtMs).toBeGreaterThanOrEqual(oldestSentAtMs);
});
