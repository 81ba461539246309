const secondMs = 1000;
const dayMs = 24 * 60 * 60 * secondMs;

export interface CallQuotaLimits {
  /** AWS allows 10 reads and one write. */
  readonly perSecond: number;
  /** In any 24 hours, not per calendar day. AWS allows 100,000 reads and 10,000 writes. */
  readonly perDay: number;
}

/** Limits calls in sliding windows: no second and no 24 hours ever hold more than the limit. */
export class CallQuota {
  readonly #limits: CallQuotaLimits;
  /** Arrival times of accepted calls, oldest first. Refused calls do not count. */
  #spentAtMs: number[] = [];

  constructor(limits: CallQuotaLimits) {
    this.#limits = limits;
  }

  /**
   * @param arrivedAtMs a call that arrived before an already counted call counts with that call
   * @returns false if the call exceeds the quota
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
