const hourMs = 3_600_000;

/** The CloudWatch metric MatchedEvents: events per rule and hour. */
export class MatchedEvents {
  readonly #counts = new Map<string, Map<number, number>>();

  count(ruleId: string, nowMs: number): void {
    const ofRule = this.#counts.get(ruleId) ?? new Map<number, number>();
    this.#counts.set(ruleId, ofRule);
    const hour = Math.floor(nowMs / hourMs) * hourMs;
    ofRule.set(hour, (ofRule.get(hour) ?? 0) + 1);
  }

  /** Sums by start of the period, oldest first. Periods without events are omitted. */
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
