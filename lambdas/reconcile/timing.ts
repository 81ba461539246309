import { outboxGraceMs } from '../core/retry-schedule.ts';
import { leaseMs, leastLeaseMs } from './contract.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long everything takes, in milliseconds, scaled. */
export interface Timing {
  /** From the start of one pass to the next. */
  readonly intervalMs: number;
  readonly leaseMs: number;
  /** Undefined where there are no full passes by schedule. */
  readonly fullPassMs: number | undefined;
  /** How long before its expiration an invitation is announced. */
  readonly expiringMs: number;
  readonly silenceMs: number;
  /** How soon after a change its event has surely been dealt with. */
  readonly tellingMs: number;
  /** How long after its expiration an invitation is no more expected to be settled by an event. */
  readonly overdueMs: number;
  /** How often one that stays pending all the same is looked at again. */
  readonly lookAgainMs: number;
  readonly longestHoldMs: number;
  /** How long a new version is left to the stream before `sweep` rings for it. */
  readonly outboxGraceMs: number;
  readonly timeScale: number;
}

export interface TimingSettings {
  readonly reconcileMinutes: number;
  readonly fullPassDays: number;
  readonly expiringDays: number;
  readonly silenceDays: number;
  readonly timeScale: number;
}

export function timingOf({ timeScale, ...settings }: TimingSettings): Timing {
  return {
    intervalMs: settings.reconcileMinutes * minuteMs * timeScale,
    leaseMs: Math.max(leaseMs * timeScale, leastLeaseMs),
    fullPassMs: settings.fullPassDays === 0 ? undefined : settings.fullPassDays * dayMs * timeScale,
    expiringMs: settings.expiringDays * dayMs * timeScale,
    silenceMs: settings.silenceDays * dayMs * timeScale,
    tellingMs: minuteMs * timeScale,
    overdueMs: hourMs * timeScale,
    lookAgainMs: dayMs * timeScale,
    longestHoldMs: dayMs * timeScale,
    outboxGraceMs: outboxGraceMs(timeScale),
    timeScale,
  };
}

/** How long AWS's lists may take to show a change. AWS's delay, not ours: it is never scaled. */
export const listLagMs = minuteMs;
/** How far a stamp may be ahead of this clock before it counts as wrong. */
export const aheadMs = hourMs;
/** The longest that a pass has to wait for the quota of 24 hours, and some. */
export const longestWaitMs = 2 * dayMs;
