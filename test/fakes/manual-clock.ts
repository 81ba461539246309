import { epochMsOf, type Instant } from '../../lambdas/core/instant.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';

export interface ManualClock extends Clock {
  /** Also wakes the sleepers that are due. */
  advance(byMs: number): void;
  set(instant: Instant): void;
  /** The number of sleepers. */
  sleeping(): number;
}

interface Sleeper {
  readonly wakesAtMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is moved. */
export function manualClock(startsAt: Instant = '2026-03-01T10:00:05.000Z'): ManualClock {
  let nowMs = epochMsOf(startsAt);
  let sleepers: readonly Sleeper[] = [];
  const moveTo = (epochMs: number) => {
    nowMs = epochMs;
    const [woken = [], asleep = []] = [true, false].map((isDue) =>
      sleepers.filter(({ wakesAtMs }) => wakesAtMs <= nowMs === isDue),
    );
    sleepers = asleep;
    for (const { wake } of woken.toSorted((a, b) => a.wakesAtMs - b.wakesAtMs)) wake();
  };
  return {
    nowMs: () => nowMs,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers = [...sleepers, { wakesAtMs: nowMs + ms, wake }];
      }),
    sleeping: () => sleepers.length,
    advance: (byMs) => moveTo(nowMs + byMs),
    set: (instant) => moveTo(epochMsOf(instant)),
  };
}
