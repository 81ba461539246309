/**
 * An interruptible sleep. A notification before the sleep ends the next sleep at once, so none is
 * lost.
 */
export class WakeSignal {
  #isPending = false;
  #resume: (() => void) | undefined;

  readonly notify = (): void => {
    this.#isPending = true;
    this.#resume?.();
  };

  async sleep(atMostMs: number): Promise<void> {
    if (!this.#isPending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMostMs);
        this.#resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#resume = undefined;
    this.#isPending = false;
  }
}

/** Pause between empty polls: it doubles up to a maximum, and is reset after activity. */
export class IdlePause {
  readonly #shortestMs: number;
  readonly #longestMs: number;
  #nextMs: number;

  constructor(shortestMs: number, longestMs: number) {
    this.#shortestMs = shortestMs;
    this.#longestMs = longestMs;
    this.#nextMs = shortestMs;
  }

  reset(): void {
    this.#nextMs = this.#shortestMs;
  }

  nextMs(): number {
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(this.#longestMs, pauseMs * 2);
    return pauseMs;
  }
}
