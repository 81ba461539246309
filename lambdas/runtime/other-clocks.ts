import { epochMsOf } from '../core/instant.ts';
import { largestSkewMs, type QuotaLedger } from '../core/quota-ledger.ts';

export interface OtherClocks {
  /**
   * What to add to an instant of this ledger to have it on the own clock, or a little more: see QuotaLedger.
   * @param nowMs after it was read
   */
  offsetMs(ledger: QuotaLedger, nowMs: number): number;
  /** How many other workers were seen lately. */
  known(): number;
}

/** The least `now - writtenAt` by writer, of the last minute or two: clocks drift apart, and workers come and go. */
export function otherClocks(self: string): OtherClocks {
  let recent = new Map<string, number>();
  let before = new Map<string, number>();
  let sinceMs = 0;
  return {
    offsetMs({ writer, writtenAt }, nowMs) {
      if (writer === self) return 0;
      if (nowMs - sinceMs > largestSkewMs) {
        before = recent;
        recent = new Map();
        sinceMs = nowMs;
      }
      const ageMs = nowMs - epochMsOf(writtenAt);
      const leastMs = Math.min(ageMs, recent.get(writer) ?? ageMs);
      // Beyond that the instant was edited, or left by a worker of another time: nothing to remember.
      if (Math.abs(ageMs) <= largestSkewMs) recent.set(writer, leastMs);
      return Math.min(leastMs, before.get(writer) ?? leastMs);
    },
    known: () => recent.size + before.size,
  };
}
