/** Counts what goes on in the stage, so that somebody can wait for the end of it. */
export class Activity {
  readonly #listeners: (() => void)[] = [];
  #running = 0;
  #begun = 0;

  /** Invocations and deliveries in progress. */
  get running(): number {
    return this.#running;
  }

  /** Grows with each beginning: equal at two instants means that nothing began between them. */
  get begun(): number {
    return this.#begun;
  }

  /** Calls after each end: what ended may have written to a table. */
  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
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
