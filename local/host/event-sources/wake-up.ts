/** A sleep that can be cut short. A wake-up that finds nobody asleep makes the next sleep end at once, so none is missed. */
export class WakeUp {
  #isPending = false;
  #resume: (() => void) | undefined;

  readonly ring = (): void => {
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

/** Sleeps between polls that found nothing: short after activity, twice as long each time, up to a bound. */
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
