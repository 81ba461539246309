/** What reads an event source and invokes a function with batches of it. */
export interface Poller {
  /** Short id of the event source mapping. */
  readonly id: string;
  readonly functionId: string;
  /** Short id of the queue or table. */
  readonly sourceId: string;
  /** Stops taking batches; resolves when the batches already taken are done. */
  readonly pause: () => Promise<void>;
  readonly resume: () => void;
  /** Whether nothing is waiting at the source, on its way to the function, or in it; asks the source. */
  readonly isDrained: () => Promise<boolean>;
  /** Resolves when its loop has ended. Invocations must have been ended before, or it waits for them. */
  readonly stop: () => Promise<void>;
}

/**
 * The pollers that a person means by the short id of a mapping, of what it reads, or of the function it feeds.
 * @throws Error listing what is polled, when there is none
 */
export function pollersOf(pollers: readonly Poller[], id: string): readonly Poller[] {
  const found = pollers.filter((poller) => [poller.id, poller.sourceId, poller.functionId].includes(id));
  if (found.length > 0) return found;
  throw new Error(
    `Nothing polls "${id}". Polled: ${pollers.map(({ sourceId }) => sourceId).join(', ') || 'nothing'}`,
  );
}
