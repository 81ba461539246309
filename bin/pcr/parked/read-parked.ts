import type { Relay } from '../relay.ts';
import { hold, release } from './held-messages.ts';
import { chosenQueues, depthOf, type ParkedQueueName, type ParkedQueueUrls } from './parked-queues.ts';
import { type ParkedRow, toRow } from './parked-row.ts';

export interface ParkedCriteria {
  /** @default all queues */
  readonly queue?: ParkedQueueName | undefined;
  /** @default every code */
  readonly code?: string | undefined;
  /** Messages to read from each queue. */
  readonly limit: number;
}

/** The parked messages of one queue that were read. */
export interface ReadQueue {
  readonly name: ParkedQueueName;
  /** About how many messages it holds. */
  readonly depth: number;
  readonly rows: readonly ParkedRow[];
}

/** Reads parked messages. They stay in their queues. */
export function readParked(criteria: ParkedCriteria, relay: Relay): Promise<readonly ReadQueue[]> {
  return Promise.all(chosenQueues(criteria.queue, relay).map((queue) => readQueue(queue, criteria, relay)));
}

async function readQueue(
  { name, parked }: ParkedQueueUrls,
  { code, limit }: ParkedCriteria,
  relay: Relay,
): Promise<ReadQueue> {
  const depth = await depthOf(parked, relay);
  const held = depth === 0 ? [] : await hold(relay.clients.sqs, parked, limit);
  await release(relay.clients.sqs, parked, held);
  const rows = held
    .filter((message) => code === undefined || message.code === code)
    .map((message) => toRow(name, message));
  return { name, depth, rows };
}
