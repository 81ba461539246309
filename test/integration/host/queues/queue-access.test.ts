import { type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { httpQueueAccess, type QueueAccess } from '../../../../local/host/queues/queue-access.ts';
import { toSqsRecord } from '../../../../local/host/queues/sqs-event.ts';
import { useSqs } from './use-sqs.ts';

const { engine, client, createQueue } = useSqs();

describe.each(['in process', 'over HTTP'])('a queue %s', (way) => {
  async function open(name: string): Promise<{ queue: QueueAccess; url: string }> {
    const QueueName = `${name}-${way.replaceAll(' ', '-')}`;
    const url = await createQueue(QueueName);
    const direct = engine().tune(QueueName, { delaySeconds: 0, onArrival: () => undefined });
    return { url, queue: way === 'in process' ? direct : httpQueueAccess(client(), url) };
  }

  it('returns a message that converts to the event of a function', async () => {
    const { queue, url } = await open('shape');
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'some' },
      bytes: { DataType: 'Binary', BinaryValue: Buffer.from('bytes') },
    };
    await client().send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: 'body', MessageGroupId: 'g', MessageAttributes }),
    );
    expect(await queue.isEmpty()).toBe(false);
    const [message] = await receiveOne(queue);
    expect(message && toSqsRecord(message, 'arn:q')).toEqual({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.stringMatching(/.{50,}/),
      body: 'body',
      attributes: {
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        MessageGroupId: 'g',
        SenderId: expect.any(String),
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      messageAttributes: {
        text: { stringValue: 'some', stringListValues: [], binaryListValues: [], dataType: 'String' },
        bytes: { binaryValue: 'Ynl0ZXM=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
      },
      md5OfBody: '841a2d689ad86bd1611447453c22c6fc',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:q',
      awsRegion: 'us-east-1',
    });
  });

  it('receives sent messages and deletes removed ones', async () => {
    const { queue } = await open('life');
    expect(await queue.isEmpty()).toBe(true);
    expect(await queue.receive(10)).toEqual([]);
    for (let index = 0; index < 12; index += 1) {
      await queue.send({ body: `${index}`, attributes: { reason: 'because' } });
    }
    const received: Message[] = [];
    await expect
      .poll(async () => {
        received.push(...(await queue.receive(10)));
        return received.length;
      })
      .toBe(12);
    expect(received.map(({ Body }) => Number(Body)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, index) => index),
    );
    expect(received[0]?.MessageAttributes).toMatchObject({
      reason: { DataType: 'String', StringValue: 'because' },
    });
    expect(await queue.isEmpty()).toBe(false);
    await queue.remove(received);
    expect(await queue.isEmpty()).toBe(true);
    await queue.remove([]);
  });

  it('makes a message visible again after the requested delay', async () => {
    const { queue } = await open('again');
    await queue.send({ body: 'again' });
    const first = await receiveOne(queue);
    expect(await queue.receive(1)).toEqual([]);
    await queue.retryAfter(first, 0.04);
    await expect
      .poll(() => queue.receive(1))
      .toMatchObject([{ Body: 'again', Attributes: { ApproximateReceiveCount: '2' } }]);
  });
});

/** A sent message is receivable only after a short time. */
async function receiveOne(queue: QueueAccess): Promise<readonly Message[]> {
  return await vi.waitUntil(async () => {
    const messages = await queue.receive(1);
    return messages.length > 0 && messages;
  });
}

describe('purge of an embedded queue', () => {
  it('deletes visible, in-flight and delayed messages permanently', async () => {
    const url = await createQueue('purged');
    const queue = engine().tune('purged', { delaySeconds: 0, onArrival: () => undefined });
    await queue.send({ body: 'in flight' });
    await expect.poll(() => queue.receive(10)).toHaveLength(1);
    await queue.send({ body: 'visible' });
    const delayed = { QueueUrl: url, MessageBody: 'delayed', DelaySeconds: 600 };
    await client().send(new SendMessageCommand(delayed));
    await queue.purge();
    expect([await queue.isEmpty(), await queue.receive(10)]).toEqual([true, []]);
    await queue.send({ body: 'afterwards' });
    await expect.poll(() => queue.receive(10)).toHaveLength(1);
  });
});
