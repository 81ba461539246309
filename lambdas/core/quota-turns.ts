import { epochMsOf, instantOf } from './instant.ts';
import {
  dayMs,
  hourMs,
  hourOf,
  hoursOfDay,
  type LedgerUser,
  largestSkewMs,
  type QuotaLedger,
  type ReadLimits,
  type ReadPurpose,
  readsOfDay,
  standing,
} from './quota-ledger.ts';

export interface Ask extends LedgerUser {
  readonly purpose: ReadPurpose;
  /** How many reads wait for their turn. */
  readonly wanted: number;
  /** How long writing the reservation takes: a turn that passes meanwhile is of no use. */
  readonly leadMs: number;
}

/** Turns on the clock of whom they were granted to; they hold once `ledger` is written. */
export interface Reservation {
  readonly granted: number;
  readonly firstAtMs: number;
  readonly everyMs: number;
  readonly ledger: QuotaLedger;
}

/** No turn, and when it is worth asking again. */
export interface Refusal {
  readonly waitMs: number;
  readonly limit: 'rate' | 'day' | 'throttled';
}

/**
 * How much of the rate is used. The rest is for what lies between a read's turn and its arrival, which is not the same for
 * all: with turns 5 % further apart than the limit demands, 11 reads arrive within one second only where the first of
 * them took 52 ms longer than the last.
 */
const usedRate = 0.95;

/**
 * How far ahead turns are reserved. With a burst of opportunities all turns of the next 1.5 s are taken, and an invitation
 * still finds one behind them; `reconcile` takes only what neither wants.
 */
const horizonsMs: Readonly<Record<ReadPurpose, number>> = {
  invitation: 3_000,
  record: 1_500,
  reconcile: 750,
};

/** Of the reads of a day, so much each may use. */
export const sharesOfDay: Readonly<Record<ReadPurpose, number>> = {
  invitation: 1,
  record: 0.9,
  reconcile: 0.8,
};

/** A reservation ends within so many milliseconds of its writing. */
export function longestReachMs(limits: ReadLimits): number {
  return Math.ceil(Math.max(...Object.values(horizonsMs)) + everyMsOf(limits));
}

/** Reserves turns: as many as are wanted, or as lie within the horizon, or as the day leaves. */
export function reserve(
  ledger: QuotaLedger | undefined,
  ask: Ask,
  limits: ReadLimits,
): Reservation | Refusal {
  const { nowMs, purpose } = ask;
  const left = Math.ceil(sharesOfDay[purpose] * limits.perDay) - readsOfDay(ledger, nowMs);
  if (left <= 0) return { limit: 'day', waitMs: untilAnHourDropsMs(ledger, nowMs) };
  const everyMs = everyMsOf(limits);
  const { nextFreeAtMs, closedUntilMs = 0, closures } = standing(ledger, ask);
  const firstAtMs = Math.max(nowMs + ask.leadMs, nextFreeAtMs, closedUntilMs);
  const aheadMs = nowMs + horizonsMs[purpose] - firstAtMs;
  const granted = Math.min(ask.wanted, Math.floor(aheadMs / everyMs) + 1, left);
  if (granted <= 0) {
    // Asking again before turns run out leaves no gap; asking when half of the horizon is free, not for every single one.
    const waitMs = Math.ceil(horizonsMs[purpose] / 2 - aheadMs);
    return { waitMs, limit: closedUntilMs > nowMs ? 'throttled' : 'rate' };
  }
  // Reads count for the hour in which the last of them is sent: counted longer than they must be, never shorter.
  const lastHour = hourOf(firstAtMs + (granted - 1) * everyMs);
  const hours = { ...hoursOfDay(ledger, nowMs) };
  const written: QuotaLedger = {
    writer: ask.writer,
    writtenAt: instantOf(nowMs),
    nextFreeAt: instantOf(Math.ceil(firstAtMs + granted * everyMs)),
    ...(closedUntilMs > 0 && { closedUntil: instantOf(closedUntilMs) }),
    closures,
    hours: { ...hours, [lastHour]: (hours[lastHour] ?? 0) + granted },
  };
  return { granted, firstAtMs, everyMs, ledger: written };
}

const firstClosureMs = 1_000;
export const longestClosureMs = 5 * 60_000;

export interface Closing {
  readonly closedForMs: number;
  /** To be written; undefined where it is closed already: several reads under way are one throttle. */
  readonly ledger?: QuotaLedger | undefined;
}

/** Partner Central throttled: closes the ledger for everybody, for twice as long as the last time if that was just now. */
export function close(ledger: QuotaLedger | undefined, user: LedgerUser): Closing {
  const { writer, nowMs } = user;
  const { nextFreeAtMs, closedUntilMs, closures: before } = standing(ledger, user);
  if (closedUntilMs !== undefined && closedUntilMs > nowMs) return { closedForMs: closedUntilMs - nowMs };
  const closures = before + 1;
  const closedForMs = Math.min(firstClosureMs * 2 ** (closures - 1), longestClosureMs);
  const closed: QuotaLedger = {
    writer,
    writtenAt: instantOf(nowMs),
    // Others hold turns beyond a short closure and do not know of it yet.
    nextFreeAt: instantOf(Math.max(nextFreeAtMs, nowMs + closedForMs)),
    closedUntil: instantOf(nowMs + closedForMs),
    closures,
    hours: hoursOfDay(ledger, nowMs),
  };
  return { closedForMs, ledger: closed };
}

function untilAnHourDropsMs(ledger: QuotaLedger | undefined, nowMs: number): number {
  const counted = Object.entries(hoursOfDay(ledger, nowMs)).filter(([, reads]) => reads > 0);
  const [oldest = hourOf(nowMs)] = counted.map(([hour]) => hour).toSorted();
  return epochMsOf(`${oldest}:00:00.000Z`) + hourMs + dayMs + largestSkewMs - nowMs;
}

function everyMsOf({ perSecond }: ReadLimits): number {
  return 1_000 / (usedRate * perSecond);
}
