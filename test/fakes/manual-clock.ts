import { epochMsOf, type Instant } from '../../lambdas/core/instant.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';

export interface ManualClock extends Clock {
  advance(byMs: number): void;
  set(instant: Instant): void;
}

/** Stands still until it is moved. */
export function manualClock(startsAt: Instant = '2026-03-01T10:00:05.000Z'): ManualClock {
  let nowMs = epochMsOf(startsAt);
  return {
    nowMs: () => nowMs,
    advance(byMs) {
      nowMs += byMs;
    },
    set(instant) {
      nowMs = epochMsOf(instant);
    },
  };
}
