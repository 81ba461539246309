import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Sends messages one by one to its callers, in batches to SQS: what is asked for in one turn of the event loop goes together. */
export interface MessageSender {
  /** Resolves when SQS has the message. @throws Error with SQS's reason otherwise */
  readonly send: (queueUrl: string, body: string, messageGroupId?: string) => Promise<void>;
}

interface Waiting {
  readonly body: string;
  readonly messageGroupId: string | undefined;
  readonly sent: PromiseWithResolvers<void>;
}

/** Limits of SendMessageBatch; the bytes leave room for what surrounds the bodies. */
const mostMessages = 10;
const mostBytes = 1_000_000;

export function createMessageSender(client: SQSClient): MessageSender {
  const waiting = new Map<string, Waiting[]>();
  const flush = (queueUrl: string): void => {
    const messages = waiting.get(queueUrl) ?? [];
    waiting.delete(queueUrl);
    for (const batch of batchesOf(messages)) void sendBatch(client, queueUrl, batch);
  };
  return {
    send: async (queueUrl, body, messageGroupId) => {
      const message: Waiting = { body, messageGroupId, sent: Promise.withResolvers<void>() };
      const others = waiting.get(queueUrl);
      if (others === undefined) {
        waiting.set(queueUrl, [message]);
        setImmediate(flush, queueUrl);
      } else {
        others.push(message);
      }
      await message.sent.promise;
    },
  };
}

async function sendBatch(client: SQSClient, QueueUrl: string, batch: readonly Waiting[]): Promise<void> {
  const Entries = batch.map(({ body, messageGroupId }, index) => ({
    Id: String(index),
    MessageBody: body,
    MessageGroupId: messageGroupId,
  }));
  try {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    for (const { Id, Code, Message } of Failed)
      batch[Number(Id)]?.sent.reject(new Error(Message ?? Code ?? 'refused'));
    // A promise that is settled stays as it is.
    for (const { sent } of batch) sent.resolve();
  } catch (error) {
    for (const { sent } of batch) sent.reject(error);
  }
}

function batchesOf(messages: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const batches: Waiting[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    const last = batches.at(-1);
    if (last === undefined || last.length === mostMessages || bytes + size > mostBytes) {
      batches.push([message]);
      bytes = size;
    } else {
      last.push(message);
      bytes += size;
    }
  }
  return batches;
}
