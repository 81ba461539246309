import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { Option } from 'commander';
import { oneOf } from '../../../lambdas/core/value-schema.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';
import { optionValue } from '../values.ts';

/** The pipeline's queues that have a parked queue. Their stack outputs start with these names. */
const workQueueNames = [
  'opportunity',
  'invitation',
  'engagement',
  'quarantine',
  'fan-out',
  'delivery',
  'act',
] as const;
/** Where work waits for an operator, or in `kept` for a release that reads these events. */
export const parkedQueueNames = [...workQueueNames, 'kept'] as const;
export type ParkedQueueName = (typeof parkedQueueNames)[number];

export interface ParkedQueueUrls {
  readonly name: ParkedQueueName;
  readonly parked: string;
  /** The queue that processes these messages. */
  readonly queue: string;
}

/** Lists the parked queues that a stack has: `act` only if it takes commands. */
export function parkedQueuesOf(relay: Pick<Relay, 'output' | 'outputs'>): readonly ParkedQueueUrls[] {
  const names = parkedQueueNames.filter((name) => name !== 'act' || relay.outputs.has('ActQueueUrl'));
  return names.map((name) => parkedQueueOf(name, relay));
}

/** @throws UsageError if the stack is older than this command, or takes no commands */
export function parkedQueueOf(
  name: ParkedQueueName,
  { output, outputs }: Pick<Relay, 'output' | 'outputs'>,
): ParkedQueueUrls {
  if (name === 'act' && !outputs.has('ActQueueUrl'))
    throw new UsageError(
      `--queue act: this stack takes no commands (relay:commands); allowed: ${parkedQueueNames.filter((each) => each !== name).join(', ')}`,
    );
  if (name === 'kept') return { name, parked: output('KeptQueueUrl'), queue: output('QuarantineQueueUrl') };
  const prefix = name
    .split('-')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('');
  return { name, parked: output(`${prefix}ParkedQueueUrl`), queue: output(`${prefix}QueueUrl`) };
}

/** For every command on parked messages. */
export function queueOption(): Option {
  const description = `one of ${parkedQueueNames.join(', ')}; default: all`;
  return new Option('--queue <name>', description).argParser(optionValue(oneOf(...parkedQueueNames)));
}

/** @param name @default every parked queue that the stack has */
export function chosenQueues(
  name: ParkedQueueName | undefined,
  relay: Pick<Relay, 'output' | 'outputs'>,
): readonly ParkedQueueUrls[] {
  return name === undefined ? parkedQueuesOf(relay) : [parkedQueueOf(name, relay)];
}

/** Approximate number of messages in a queue: visible, delayed and in flight. */
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
