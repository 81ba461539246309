const secondMs = 1000;
const dayMs = 24 * 60 * 60 * secondMs;

export interface ReadQuotaLimits {
  /** AWS grants 10. */
  readonly perSecond: number;
  /** In any 24 hours, not per calendar day. AWS grants 100,000. */
  readonly perDay: number;
}

/** Counts reads in real sliding windows: no run of one second, or of 24 hours, ever holds more than granted. */
export class ReadQuota {
  readonly #limits: ReadQuotaLimits;
  /** When reads were let through, oldest first. Refused ones spend nothing. */
  #spentAtMs: number[] = [];

  constructor(limits: ReadQuotaLimits) {
    this.#limits = limits;
  }

  /**
   * @param arrivedAtMs a read that came earlier than one that was already counted, but was slower to send its body, counts with that one
   * @returns false where the read has to be refused.
   */
  spend(arrivedAtMs: number): boolean {
    const { perSecond, perDay } = this.#limits;
    const nowMs = Math.max(arrivedAtMs, this.#spentAtMs.at(-1) ?? arrivedAtMs);
    if (this.#reached(perSecond, nowMs - secondMs) || this.#reached(perDay, nowMs - dayMs)) return false;
    this.#spentAtMs.push(nowMs);
    // Older ones can no longer be the `limit`-th last. Cut rarely: cutting copies.
    const needed = Math.max(perSecond, perDay);
    if (this.#spentAtMs.length > 2 * needed) this.#spentAtMs = this.#spentAtMs.slice(-needed);
    return true;
  }

  #reached(limit: number, windowStartMs: number): boolean {
    const limitThLast = this.#spentAtMs.at(-limit);
    return limitThLast !== undefined && limitThLast > windowStartMs;
  }
}
