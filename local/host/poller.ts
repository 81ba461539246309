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
