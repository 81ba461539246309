/** Counts work in progress, so that a caller can wait until the stage is idle. */
export class Activity {
  readonly #listeners: (() => void)[] = [];
  #running = 0;
  #begun = 0;

  /** Number of invocations and deliveries in progress. */
  get running(): number {
    return this.#running;
  }

  /** Total number of started work items. Equal at two times: nothing started in between. */
  get startedCount(): number {
    return this.#begun;
  }

  /** The listener is called when work ends, because the work may have written to a table. */
  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async track<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    this.#begun += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      for (const listener of this.#listeners) listener();
    }
  }
}
