import { maxClockSkewMs } from '../core/clock-skew.ts';
import { epochMsOf, type Instant } from '../core/instant.ts';
import type { QuotaLedger } from './ledger.ts';
import { longestHorizonMs } from './purposes.ts';

export interface ClockOffsets {
  /**
   * Learns from this ledger, and returns what to add to its timestamps to get the time on this
   * worker's clock, or a little more. See `QuotaLedger`.
   * @param nowMs taken after the ledger was read
   */
  learnOffsetMs(ledger: QuotaLedger, nowMs: number): number;
  /**
   * Whether another worker uses the ledger now whose offset is not precise yet, so that this worker
   * should soon see a write of it.
   */
  needsWrites(nowMs: number): boolean;
}

/** What is known of another worker. */
interface Known {
  /** The smallest `now - writtenAt`. */
  readonly offsetMs: number;
  /** Of the last write that was seen. */
  readonly writtenAt: Instant;
  /** Number of different writes that were seen. */
  readonly writes: number;
}

/** A worker whose calls wait writes at least this often: its permits last no longer. */
const longestSilenceMs = longestHorizonMs;

/**
 * After this many different writes, the smallest of their ages is precise enough: more of them give
 * less than a hundredth of all permits. See decision 0047.
 */
const enoughWrites = 5;

/**
 * Keeps the smallest `now - writtenAt` by writer for one to two minutes: clocks drift, and workers
 * come and go.
 */
export function clockOffsets(self: string): ClockOffsets {
  let current = new Map<string, Known>();
  let previous = new Map<string, Known>();
  let currentSinceMs = 0;
  const offsetMsOf = (writer: string) =>
    Math.min(...[current, previous].map((known) => known.get(writer)?.offsetMs ?? Number.POSITIVE_INFINITY));
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
      const known = current.get(writer);
      const offsetMs = Math.min(ageMs, known?.offsetMs ?? ageMs);
      const writes = (known?.writes ?? 0) + (known?.writtenAt === writtenAt ? 0 : 1);
      // An age beyond the largest skew says nothing about the clock: the write is old, or was
      // edited by hand.
      if (Math.abs(ageMs) <= maxClockSkewMs) current.set(writer, { offsetMs, writtenAt, writes });
      return Math.min(offsetMs, offsetMsOf(writer));
    },
    needsWrites: (nowMs) =>
      [...current].some(
        ([writer, { writtenAt, writes }]) =>
          nowMs - (epochMsOf(writtenAt) + offsetMsOf(writer)) <= longestSilenceMs &&
          writes + (previous.get(writer)?.writes ?? 0) < enoughWrites,
      ),
  };
}
