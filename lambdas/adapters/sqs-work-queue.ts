import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { longestQueueDelayMs } from '../core/retry-schedule.ts';
import type { ParkedQueue, WorkQueue } from '../ports/work-queue.ts';
import { queueCall } from './aws-failure.ts';

/** SQS takes delays in whole seconds. */
export function delaySeconds(delayMs: number): number {
  return Math.ceil(Math.min(delayMs, longestQueueDelayMs) / 1_000);
}

export function sqsParkedQueue(client: SQSClient, QueueUrl: string): ParkedQueue {
  return {
    park: (MessageBody, { code, reason }) =>
      queueCall('park', async () => {
        const MessageAttributes = {
          code: { DataType: 'String', StringValue: code },
          reason: { DataType: 'String', StringValue: reason },
        };
        await client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
      }),
  };
}

export function sqsWorkQueue(client: SQSClient, urls: { queue: string; parked: string }): WorkQueue {
  return {
    ...sqsParkedQueue(client, urls.parked),
    sendAgain: ({ body, timesSentAgain }, delayMs) =>
      queueCall('sendAgain', async () => {
        const count = { DataType: 'Number', StringValue: String(timesSentAgain + 1) };
        const input = { QueueUrl: urls.queue, MessageBody: body, DelaySeconds: delaySeconds(delayMs) };
        await client.send(new SendMessageCommand({ ...input, MessageAttributes: { timesSentAgain: count } }));
      }),
  };
}
