import type { SQSClient } from '@aws-sdk/client-sqs';
import { UsageError } from '../errors.ts';
import { type HeldMessage, hold, release } from './held-messages.ts';
import type { ParkedQueueUrls } from './parked-queues.ts';

/** The most messages that one command holds of each queue. SQS allows 120,000 in flight. */
export const mostHeld = 10_000;

/** A parked queue, and messages of it that are held. */
export interface HeldQueue extends ParkedQueueUrls {
  readonly messages: readonly HeldMessage[];
}

/**
 * Holds the messages of several queues at once.
 * @param ids stops as soon as these are found. @default all messages are wanted
 */
export function holdQueues(
  sqs: SQSClient,
  queues: readonly ParkedQueueUrls[],
  ids: readonly string[] = [],
): Promise<readonly HeldQueue[]> {
  const found = new Set<string>();
  const findAll = (messages: readonly HeldMessage[]): boolean => {
    for (const { id } of messages) found.add(id);
    return ids.length > 0 && ids.every((id) => found.has(id));
  };
  return Promise.all(
    queues.map(async (queue) => ({
      ...queue,
      messages: await hold(sqs, queue.parked, mostHeld, findAll),
    })),
  );
}

/** Makes messages visible again. SQS refuses those that no longer exist, which is harmless. */
export async function releaseQueues(sqs: SQSClient, queues: readonly HeldQueue[]): Promise<void> {
  await Promise.all(queues.map(({ parked, messages }) => release(sqs, parked, messages)));
}

/**
 * @param hint about messages of other queues
 * @throws UsageError that names every id that is in no queue
 */
export function assertFound(ids: readonly string[], queues: readonly HeldQueue[], hint = ''): void {
  const found = new Set(queues.flatMap(({ messages }) => messages.map(({ id }) => id)));
  const missing = ids.filter((id) => !found.has(id));
  const searched = queues.map(({ name }) => name).join(', ');
  if (missing.length > 0)
    throw new UsageError(
      ...missing.map(
        (id) => `message ${id}: not found; allowed: an id from \`pcr parked list\`, of ${searched}${hint}`,
      ),
    );
}
