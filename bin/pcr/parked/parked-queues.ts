import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { InvalidArgumentError } from 'commander';
import type { Relay } from '../relay.ts';

/** Each with what is worked on in it. The names begin those of its outputs. */
export const parkedQueueNames = [
  'opportunity',
  'invitation',
  'engagement',
  'quarantine',
  'fan-out',
  'delivery',
] as const;
export type ParkedQueueName = (typeof parkedQueueNames)[number];

export interface ParkedQueueUrls {
  readonly name: ParkedQueueName;
  readonly parked: string;
  /** Where its messages were to be worked on. */
  readonly queue: string;
}

/** @throws UsageError where the stack is older than this command */
export function parkedQueueOf(name: ParkedQueueName, { output }: Pick<Relay, 'output'>): ParkedQueueUrls {
  const prefix = name
    .split('-')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('');
  return { name, parked: output(`${prefix}ParkedQueueUrl`), queue: output(`${prefix}QueueUrl`) };
}

export function parkedQueueValue(text: string): ParkedQueueName {
  const name = parkedQueueNames.find((known) => known === text);
  if (!name) throw new InvalidArgumentError(`Allowed: ${parkedQueueNames.join(', ')}.`);
  return name;
}

/** How many messages lie in a queue: waiting, delayed and in somebody's hands. About so many, as SQS counts. */
export async function depthOf(QueueUrl: string, { clients }: Pick<Relay, 'clients'>): Promise<number> {
  const { Attributes = {} } = await clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}
