import { maxClockSkewMs } from '../core/clock-skew.ts';
import { epochMsOf } from '../core/instant.ts';
import type { QuotaLedger } from './ledger.ts';

export interface ClockOffsets {
  /**
   * Learns from this ledger, and returns what to add to its timestamps to get the time on this
   * worker's clock, or a little more. See `QuotaLedger`.
   * @param nowMs taken after the ledger was read
   */
  learnOffsetMs(ledger: QuotaLedger, nowMs: number): number;
  /** Number of other workers with a known offset. */
  workerCount(): number;
}

/**
 * Keeps the smallest `now - writtenAt` by writer for one to two minutes: clocks drift, and workers
 * come and go.
 */
export function clockOffsets(self: string): ClockOffsets {
  let current = new Map<string, number>();
  let previous = new Map<string, number>();
  let currentSinceMs = 0;
  return {
    learnOffsetMs({ writer, writtenAt }, nowMs) {
      if (writer === self) return 0;
      const passedMs = nowMs - currentSinceMs;
      if (passedMs > maxClockSkewMs) {
        // After a pause, for example of a frozen environment, what is known may be long outdated.
        previous = passedMs > 2 * maxClockSkewMs ? new Map() : current;
        current = new Map();
        currentSinceMs = nowMs;
      }
      const ageMs = nowMs - epochMsOf(writtenAt);
      const smallestMs = Math.min(ageMs, current.get(writer) ?? ageMs);
      // An age beyond the largest skew says nothing about the clock: the write is old, or was
      // edited by hand.
      if (Math.abs(ageMs) <= maxClockSkewMs) current.set(writer, smallestMs);
      return Math.min(smallestMs, previous.get(writer) ?? smallestMs);
    },
    workerCount: () => current.size + previous.size,
  };
}
