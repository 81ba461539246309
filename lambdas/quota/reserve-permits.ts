import { maxClockSkewMs } from '../core/clock-skew.ts';
import { epochMsOf, instantOf } from '../core/instant.ts';
import {
  callsOfDay,
  dayMs,
  hourMs,
  hourOf,
  hoursOfDay,
  type LedgerUser,
  type QuotaLedger,
  type QuotaLimits,
  toUserClock,
} from './ledger.ts';
import { longestHorizonMs, type Purpose } from './purposes.ts';

export interface PermitRequest extends LedgerUser {
  readonly purpose: Purpose;
  /** Number of calls that wait for a permit. */
  readonly wanted: number;
  /** How long the calls wait. A later permit is useless. @default as long as the horizon */
  readonly withinMs?: number;
  /** How long writing the reservation takes. A permit that falls due meanwhile is useless. */
  readonly leadMs: number;
}

/**
 * Permits on the clock of the worker that reserved them. They are valid once `ledger` is written.
 */
export interface Reservation {
  readonly granted: number;
  readonly firstAtMs: number;
  readonly spacingMs: number;
  readonly ledger: QuotaLedger;
}

/** No permit, and how long to wait before the next request. */
export interface Refusal {
  readonly waitMs: number;
  readonly limit: 'rate' | 'day' | 'throttled';
}

/**
 * The used share of the rate. The rest allows for the delay between a permit and the arrival of its
 * call at AWS, which varies. With permits 5 % further apart than the limit requires, 11 reads
 * arrive within one second only if the first took 52 ms longer than the last.
 */
const usedRate = 0.95;

/** How long after its write a reservation ends at the latest. */
export function longestReachMs(limits: QuotaLimits): number {
  return Math.ceil(longestHorizonMs + spacingMsOf(limits));
}

/**
 * Reserves the wanted permits, limited by the horizon of the purpose, by the patience of the
 * calls and by what is left of the day.
 */
export function reservePermits(
  ledger: QuotaLedger | undefined,
  request: PermitRequest,
  limits: QuotaLimits,
): Reservation | Refusal {
  const { nowMs, purpose, withinMs = purpose.horizonMs } = request;
  const leftToday = Math.ceil(purpose.shareOfDay * limits.perDay) - callsOfDay(ledger, nowMs);
  if (leftToday <= 0) return { limit: 'day', waitMs: msUntilAnHourDrops(ledger, nowMs) };
  const spacingMs = spacingMsOf(limits);
  const { nextFreeAtMs, closedUntilMs = 0, closures } = toUserClock(ledger, request);
  // One slow write must not keep a purpose with a short horizon from the next one.
  const leadMs = Math.min(request.leadMs, purpose.horizonMs / 2);
  const firstAtMs = Math.max(nowMs + leadMs, nextFreeAtMs, closedUntilMs);
  const horizonMs = Math.min(purpose.horizonMs, withinMs);
  const aheadMs = nowMs + horizonMs - firstAtMs;
  const granted = Math.min(request.wanted, Math.floor(aheadMs / spacingMs) + 1, leftToday);
  if (granted <= 0) {
    // Half of the horizon is free by then: one reservation for several permits, and no gap between
    // them.
    const waitMs = Math.ceil(horizonMs / 2 - aheadMs);
    return { waitMs, limit: closedUntilMs > nowMs ? 'throttled' : 'rate' };
  }
  // All calls count for the hour of the last one. They may count for longer than necessary, never
  // for less.
  const lastHour = hourOf(firstAtMs + (granted - 1) * spacingMs);
  const hours = { ...hoursOfDay(ledger, nowMs) };
  const written: QuotaLedger = {
    writer: request.writer,
    writtenAt: instantOf(nowMs),
    nextFreeAt: instantOf(Math.ceil(firstAtMs + granted * spacingMs)),
    ...(closedUntilMs > 0 && { closedUntil: instantOf(closedUntilMs) }),
    closures,
    hours: { ...hours, [lastHour]: (hours[lastHour] ?? 0) + granted },
  };
  return { granted, firstAtMs, spacingMs, ledger: written };
}

const firstClosureMs = 1_000;
export const longestClosureMs = 5 * 60_000;

export interface Closure {
  readonly closedForMs: number;
  /**
   * The ledger to write. Undefined if it is closed already: concurrent calls that are throttled
   * count once.
   */
  readonly ledger?: QuotaLedger | undefined;
}

/**
 * Closes the ledger for all workers after a throttle, twice as long as the previous time if that
 * was recent.
 */
export function closeLedger(ledger: QuotaLedger | undefined, user: LedgerUser): Closure {
  const { writer, nowMs } = user;
  const { nextFreeAtMs, closedUntilMs, closures: before } = toUserClock(ledger, user);
  if (closedUntilMs !== undefined && closedUntilMs > nowMs) return { closedForMs: closedUntilMs - nowMs };
  const closures = before + 1;
  const closedForMs = Math.min(firstClosureMs * 2 ** (closures - 1), longestClosureMs);
  const closed: QuotaLedger = {
    writer,
    writtenAt: instantOf(nowMs),
    // Other workers may hold permits beyond a short closure.
    nextFreeAt: instantOf(Math.max(nextFreeAtMs, nowMs + closedForMs)),
    closedUntil: instantOf(nowMs + closedForMs),
    closures,
    hours: hoursOfDay(ledger, nowMs),
  };
  return { closedForMs, ledger: closed };
}

/** Until the oldest counted hour is more than 24 hours ago. */
function msUntilAnHourDrops(ledger: QuotaLedger | undefined, nowMs: number): number {
  const counted = Object.entries(hoursOfDay(ledger, nowMs)).filter(([, calls]) => calls > 0);
  const [oldest = hourOf(nowMs)] = counted.map(([hour]) => hour).toSorted();
  return epochMsOf(`${oldest}:00:00.000Z`) + hourMs + dayMs + maxClockSkewMs - nowMs;
}

function spacingMsOf({ perSecond }: QuotaLimits): number {
  return 1_000 / (usedRate * perSecond);
}
