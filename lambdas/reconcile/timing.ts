import { longestLagMs } from '../core/freshness.ts';
import type { TimedReminderRule } from '../core/reminder.ts';
import type { ReminderRule } from '../core/reminder-rule.ts';
import { outboxGraceMs } from '../core/retry-schedule.ts';
import { leaseMs, leastLeaseMs } from './contract.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** All durations, milliseconds, scaled by `timeScale`. */
export interface Timing {
  /** From the start of a pass to the start of the next. */
  readonly intervalMs: number;
  readonly leaseMs: number;
  /** Undefined if the schedule has no full passes. */
  readonly fullPassMs: number | undefined;
  /** How long before its expiration an invitation is announced. */
  readonly expiringMs: number;
  /** The reminders that are switched on. */
  readonly reminders: readonly TimedReminderRule[];
  readonly silenceMs: number;
  /** The event of a change arrives and is processed within this time, unless it was lost. */
  readonly eventGraceMs: number;
  /** The longest lag of a read, see `longestLagMs`. */
  readonly lagMs: number;
  /** The event of an expiration arrives within this time, unless it was lost. */
  readonly overdueMs: number;
  /** How often an overdue invitation that is still pending is read again. */
  readonly rereadMs: number;
  /** How long the stream may take to fan a version out before `sweep` signals it. */
  readonly outboxGraceMs: number;
  readonly timeScale: number;
}

export interface TimingSettings {
  readonly reconcileMinutes: number;
  readonly fullPassDays: number;
  readonly expiringDays: number;
  readonly reminders: readonly ReminderRule[];
  readonly silenceDays: number;
  readonly timeScale: number;
}

export function timingOf({ timeScale, ...settings }: TimingSettings): Timing {
  return {
    intervalMs: settings.reconcileMinutes * minuteMs * timeScale,
    leaseMs: Math.max(leaseMs * timeScale, leastLeaseMs),
    fullPassMs: settings.fullPassDays === 0 ? undefined : settings.fullPassDays * dayMs * timeScale,
    expiringMs: settings.expiringDays * dayMs * timeScale,
    // A close date is a day of the calendar, which is not scaled.
    reminders: settings.reminders.map(({ name, days }) => {
      return { name, afterMs: name === 'close_date_passed' ? dayMs : days * dayMs * timeScale };
    }),
    silenceMs: settings.silenceDays * dayMs * timeScale,
    eventGraceMs: minuteMs * timeScale,
    lagMs: longestLagMs * timeScale,
    overdueMs: hourMs * timeScale,
    rereadMs: dayMs * timeScale,
    outboxGraceMs: outboxGraceMs(timeScale),
    timeScale,
  };
}

/** How long AWS may take to list a change. Not scaled: it is a delay of AWS. */
export const listLagMs = minuteMs;
/** A timestamp further ahead of this worker's clock than this is wrong. */
export const maxAheadMs = hourMs;
/** The longest wait for the daily read quota, with a margin. */
export const longestWaitMs = 2 * dayMs;
