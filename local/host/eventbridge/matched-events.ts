const hourMs = 3_600_000;

/** How many events each rule matched, by the hour: CloudWatch's metric MatchedEvents. */
export class MatchedEvents {
  readonly #counts = new Map<string, Map<number, number>>();

  count(ruleId: string, nowMs: number): void {
    const ofRule = this.#counts.get(ruleId) ?? new Map<number, number>();
    this.#counts.set(ruleId, ofRule);
    const hour = Math.floor(nowMs / hourMs) * hourMs;
    ofRule.set(hour, (ofRule.get(hour) ?? 0) + 1);
  }

  /** Sums by period, oldest first, without those that hold none. Hours are counted where they begin. */
  sums(ruleId: string, fromMs: number, untilMs: number, periodMs: number): ReadonlyMap<number, number> {
    const sums = new Map<number, number>();
    for (const [hour, count] of this.#counts.get(ruleId) ?? []) {
      if (hour + hourMs <= fromMs || hour >= untilMs) continue;
      const period = Math.floor(hour / periodMs) * periodMs;
      sums.set(period, (sums.get(period) ?? 0) + count);
    }
    return sums;
  }
}
