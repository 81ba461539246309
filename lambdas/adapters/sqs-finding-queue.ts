import {
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { ServiceError } from '../core/service-error.ts';
import type { FindingQueue } from '../ports/finding-queue.ts';
import { queueCall } from './aws-failure.ts';

const counts: readonly QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
];

/** The largest batch that SQS accepts. */
const batchSize = 10;
const maxAttempts = 3;

export function sqsFindingQueue(client: SQSClient, QueueUrl: string): FindingQueue {
  return {
    depth: () =>
      queueCall('depth', async () => {
        const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] });
        const { Attributes = {} } = await client.send(command);
        return counts.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
      }),
    async send(bodies) {
      for (let from = 0; from < bodies.length; from += batchSize)
        await sendBatch(client, QueueUrl, bodies.slice(from, from + batchSize));
    },
  };
}

/** SQS may refuse some entries of a batch in a successful response: these are sent again. */
async function sendBatch(client: SQSClient, QueueUrl: string, bodies: readonly string[]): Promise<void> {
  let Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  for (let attempt = 1; attempt <= maxAttempts && Entries.length > 0; attempt += 1) {
    const command = new SendMessageBatchCommand({ QueueUrl, Entries });
    const { Failed = [] } = await queueCall('send', () => client.send(command));
    const refused = new Set(Failed.map(({ Id }) => Id));
    Entries = Entries.filter(({ Id }) => refused.has(Id));
  }
  if (Entries.length > 0)
    throw new ServiceError('queue.unavailable', { operation: 'send', error: 'BatchResultErrorEntry' });
}
