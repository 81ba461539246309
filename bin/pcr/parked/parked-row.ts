import type { HeldMessage, ParkedMessage } from './held-messages.ts';
import type { ParkedQueueName } from './parked-queues.ts';

/** A parked message as it is printed. */
export type ParkedRow = ParkedMessage & { readonly queue: ParkedQueueName };

export function toRow(queue: ParkedQueueName, held: HeldMessage): ParkedRow {
  const { receiptHandle: _, ...message } = held;
  return { queue, ...message };
}
