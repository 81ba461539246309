/** Reads an event source and invokes a function with its batches. */
export interface Poller {
  /** Construct path of the event source mapping below the stack. */
  readonly id: string;
  readonly functionId: string;
  /** Construct path of the queue or table below the stack. */
  readonly sourceId: string;
  /** Stops reading. Resolves when the batches in progress are done. */
  readonly pause: () => Promise<void>;
  readonly resume: () => void;
  /** Whether a batch is in progress or the last read found something. Does not query the source. */
  readonly isBusy: () => boolean;
  /** Queries the source. Returns whether it is empty and no batch is in progress. */
  readonly isDrained: () => Promise<boolean>;
  /** Resolves when all reads and running invocations have ended. */
  readonly stop: () => Promise<void>;
}

/**
 * Finds pollers by the short id of their mapping, source or function.
 * @throws Error listing the polled sources, if there is no such poller
 */
export function findPollers(pollers: readonly Poller[], id: string): readonly Poller[] {
  const found = pollers.filter((poller) => [poller.id, poller.sourceId, poller.functionId].includes(id));
  if (found.length > 0) return found;
  throw new Error(
    `Nothing polls "${id}". Polled: ${pollers.map(({ sourceId }) => sourceId).join(', ') || 'nothing'}`,
  );
}
