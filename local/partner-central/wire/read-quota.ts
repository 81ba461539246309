const secondMs = 1000;
const dayMs = 24 * 60 * 60 * secondMs;

export interface ReadQuotaLimits {
  /** AWS allows 10. */
  readonly perSecond: number;
  /** In any 24 hours, not per calendar day. AWS allows 100,000. */
  readonly perDay: number;
}

/** Limits reads in sliding windows: no second and no 24 hours ever hold more than the limit. */
export class ReadQuota {
  readonly #limits: ReadQuotaLimits;
  /** Arrival times of accepted reads, oldest first. Refused reads do not count. */
  #spentAtMs: number[] = [];

  constructor(limits: ReadQuotaLimits) {
    this.#limits = limits;
  }

  /**
   * @param arrivedAtMs a read that arrived before an already counted read counts with that read
   * @returns false if the read exceeds the quota
   */
  trySpend(arrivedAtMs: number): boolean {
    const { perSecond, perDay } = this.#limits;
    const nowMs = Math.max(arrivedAtMs, this.#spentAtMs.at(-1) ?? arrivedAtMs);
    if (this.#reached(perSecond, nowMs - secondMs) || this.#reached(perDay, nowMs - dayMs)) return false;
    this.#spentAtMs.push(nowMs);
    // Older times can no longer be the `limit`-th last. Trim rarely, because trimming copies.
    const needed = Math.max(perSecond, perDay);
    if (this.#spentAtMs.length > 2 * needed) this.#spentAtMs = this.#spentAtMs.slice(-needed);
    return true;
  }

  #reached(limit: number, windowStartMs: number): boolean {
    const limitThLast = this.#spentAtMs.at(-limit);
    return limitThLast !== undefined && limitThLast > windowStartMs;
  }
}
