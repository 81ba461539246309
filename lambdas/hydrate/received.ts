import { epochMsOf } from '../core/instant.ts';
import type { EventKind, EventOf } from '../core/partner-event.ts';
import { recordPath } from '../core/record.ts';
import type { QueuedMessage } from '../ports/work-queue.ts';

/** A message of the queue with the event that it holds. */
export interface Received<Kind extends EventKind> {
  readonly message: QueuedMessage;
  readonly event: EventOf<Kind>;
}

/** One or more events about one record. */
export type EventsOf<Kind extends EventKind> = readonly [EventOf<Kind>, ...EventOf<Kind>[]];

/** The messages about each record. */
export function groupByRecord<Kind extends EventKind>(
  received: readonly Received<Kind>[],
): (readonly Received<Kind>[])[] {
  return [...Map.groupBy(received, ({ event }) => recordPath(event.key)).values()];
}

/** The events of messages about one record, oldest first. Undefined if there are none. */
export function eventsIn<Kind extends EventKind>(
  received: readonly Received<Kind>[],
): EventsOf<Kind> | undefined {
  const [first, ...rest] = received
    .map(({ event }) => event)
    .toSorted((a, b) => epochMsOf(a.time) - epochMsOf(b.time));
  return first && [first, ...rest];
}
