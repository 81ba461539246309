import { maxClockSkewMs } from '../core/clock-skew.ts';
import { epochMsOf, type Instant, instantOf } from '../core/instant.ts';

/**
 * How many calls an account may make. AWS grants 10 reads a second and 100,000 in 24 hours, and one
 * write a second and 10,000 in 24 hours; Service Quotas can raise them.
 */
export interface QuotaLimits {
  readonly perSecond: number;
  readonly perDay: number;
}

/**
 * How much of a quota is used. All timestamps are on the clock of the worker that wrote the
 * ledger, see `writer`.
 *
 * A worker that reads the ledger translates them to its own clock. It adds an offset: the smallest
 * `now - writtenAt` that it has measured for this writer, with `now` taken after the read. Because
 * the write came before the read, the offset is at least the difference between the two clocks, so
 * `nextFreeAt + offset` is never too early. Two workers whose clocks differ by a second still never
 * use the same permit. The cost is the time between a write and the fastest read of it.
 *
 * If `writtenAt` is more than a minute in the past or in the future, no permit is still reserved:
 * permits lie within seconds of the write, and a clock that is off by a minute is broken. The
 * hourly counts stay valid.
 */
export type QuotaLedger = {
  /** Unique name of the worker that wrote it. */
  readonly writer: string;
  readonly writtenAt: Instant;
  /** When the next call without a reserved permit may be sent. */
  readonly nextFreeAt: Instant;
  /**
   * No call may be sent before this, because Partner Central throttled. Removed some seconds after
   * it.
   */
  readonly closedUntil?: Instant | undefined;
  /** Number of closures in a row. */
  readonly closures: number;
  /** Number of reserved calls by hour (`2026-03-01T10`), for the last 24 hours. */
  readonly hours: Readonly<Record<string, number>>;
};

/** The worker that uses the ledger. */
export interface LedgerUser {
  readonly writer: string;
  readonly nowMs: number;
  /**
   * Added to a timestamp of the ledger, gives the time on this worker's clock. 0 if it wrote the
   * ledger itself.
   */
  readonly offsetMs: number;
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Calls of the last 24 hours. Hours count as a whole, so the result may be a little higher. */
export function callsOfDay(ledger: QuotaLedger | undefined, nowMs: number): number {
  return Object.values(hoursOfDay(ledger, nowMs)).reduce((sum, calls) => sum + calls, 0);
}

/** `2026-03-01T10` */
export function hourOf(epochMs: number): string {
  return instantOf(epochMs).slice(0, 'YYYY-MM-DDTHH'.length);
}

/**
 * Counts of the hours that may contain a call of the last 24 hours by any worker's clock, and of
 * reserved future calls.
 */
export function hoursOfDay(ledger: QuotaLedger | undefined, nowMs: number): QuotaLedger['hours'] {
  const oldest = hourOf(nowMs - dayMs - maxClockSkewMs);
  return Object.fromEntries(Object.entries(ledger?.hours ?? {}).filter(([hour]) => hour >= oldest));
}

/**
 * A throttle this soon after the ledger reopened continues the previous one: the next closure is
 * longer.
 */
const relapseMs = 10_000;

/** The part of the ledger that is still in force, on the clock of the user. */
export function toUserClock(
  ledger: QuotaLedger | undefined,
  { nowMs, offsetMs }: LedgerUser,
): { nextFreeAtMs: number; closedUntilMs?: number; closures: number } {
  const ageMs = ledger ? nowMs - epochMsOf(ledger.writtenAt) : Number.NEGATIVE_INFINITY;
  if (!ledger || ageMs < -maxClockSkewMs) return { nextFreeAtMs: 0, closures: 0 };
  // A closure may last longer than the minute in which the offset is valid. It need not end to the
  // second.
  const isRecent = ageMs <= maxClockSkewMs;
  const closedUntilMs = ledger.closedUntil && epochMsOf(ledger.closedUntil) + (isRecent ? offsetMs : 0);
  return {
    nextFreeAtMs: isRecent ? epochMsOf(ledger.nextFreeAt) + offsetMs : 0,
    ...(closedUntilMs !== undefined && nowMs < closedUntilMs + relapseMs
      ? { closedUntilMs, closures: ledger.closures }
      : { closures: 0 }),
  };
}
