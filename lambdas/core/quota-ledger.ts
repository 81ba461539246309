import { epochMsOf, type Instant, instantOf } from './instant.ts';

/** What an account may read of Partner Central. AWS grants 10 a second and 100,000 in 24 hours; Service Quotas raises them. */
export interface ReadLimits {
  readonly perSecond: number;
  readonly perDay: number;
}

/** Whom a read is for. Each may use less of the quota than the one before it, so that what expires is never kept waiting. */
export const readPurposes = ['invitation', 'record', 'reconcile'] as const;
export type ReadPurpose = (typeof readPurposes)[number];

/**
 * How much of the quota is spent. All instants are on the clock of the worker that wrote them: see `writer`.
 *
 * Whoever reads the ledger translates them to its own clock with an offset, the least `now - writtenAt` that it saw for
 * this writer, `now` taken after the reading. What is read was written before: an offset is never less than how far the
 * two clocks are apart, and `nextFreeAt + offset` never too early. Two workers whose clocks differ by a second still never
 * take the same turn; all that is lost is the time between a write and the quickest reading of it.
 *
 * A row that was written more than a minute ago, or a minute ahead, holds no turn that is still to come: its turns lie
 * within seconds of its writing, and clocks that differ by a minute are broken. Its counters stand all the same.
 */
export interface QuotaLedger {
  /** Who wrote it: a name that each worker gives itself, and no other has. */
  readonly writer: string;
  readonly writtenAt: Instant;
  /** When the next read that nobody has reserved may be sent. */
  readonly nextFreeAt: Instant;
  /** Nobody reads before this instant, because Partner Central throttled. Forgotten some seconds after it. */
  readonly closedUntil?: Instant | undefined;
  /** How often in a row it was closed. */
  readonly closures: number;
  /** Reads by the hour (`2026-03-01T10`) that they were reserved for, as far back as 24 hours reach. */
  readonly hours: Readonly<Record<string, number>>;
}

/** Who uses the ledger, and what its clock says. */
export interface LedgerUser {
  readonly writer: string;
  readonly nowMs: number;
  /** What to add to an instant of the ledger at hand to have it on the clock of the user; 0 for what it wrote itself. */
  readonly offsetMs: number;
}

/** By how much the clocks of two workers may differ. */
export const largestSkewMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Reads that count for the 24 hours up to now, and a little more: hours are counted whole. */
export function readsOfDay(ledger: QuotaLedger | undefined, nowMs: number): number {
  return Object.values(hoursOfDay(ledger, nowMs)).reduce((sum, reads) => sum + reads, 0);
}

/** `2026-03-01T10` */
export function hourOf(epochMs: number): string {
  return instantOf(epochMs).slice(0, 'YYYY-MM-DDTHH'.length);
}

/** The hours that may hold a read of the last 24, by whatever clock it was counted. Later ones are those of turns to come. */
export function hoursOfDay(ledger: QuotaLedger | undefined, nowMs: number): QuotaLedger['hours'] {
  const oldest = hourOf(nowMs - dayMs - largestSkewMs);
  return Object.fromEntries(Object.entries(ledger?.hours ?? {}).filter(([hour]) => hour >= oldest));
}

/** Throttled again so soon after the reopening: somebody else still uses up the quota. */
const relapseMs = 10_000;

/** What of the ledger still holds, on the clock of the user. */
export function standing(
  ledger: QuotaLedger | undefined,
  { nowMs, offsetMs }: LedgerUser,
): { nextFreeAtMs: number; closedUntilMs?: number; closures: number } {
  const agesMs = ledger ? nowMs - epochMsOf(ledger.writtenAt) : Number.NEGATIVE_INFINITY;
  if (!ledger || agesMs < -largestSkewMs) return { nextFreeAtMs: 0, closures: 0 };
  // A closure may outlast the minute in which offsets tell anything; it need not end to the second.
  const isRecent = agesMs <= largestSkewMs;
  const closedUntilMs = ledger.closedUntil && epochMsOf(ledger.closedUntil) + (isRecent ? offsetMs : 0);
  return {
    nextFreeAtMs: isRecent ? epochMsOf(ledger.nextFreeAt) + offsetMs : 0,
    ...(closedUntilMs !== undefined && nowMs < closedUntilMs + relapseMs
      ? { closedUntilMs, closures: ledger.closures }
      : { closures: 0 }),
  };
}
