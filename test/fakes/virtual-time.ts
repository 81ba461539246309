import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../lambdas/ports/clock.ts';

export interface VirtualTime {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /**
   * Returns a clock that is off by `skewMs`.
   * @param lateMs returns by how much a sleep takes longer.
   */
  clock(skewMs?: number, lateMs?: () => number): Clock;
  /** Advances the time from one sleeper to the next. Their work takes no time. */
  run(forMs: number): Promise<void>;
  sleeping(): number;
}

interface Sleeper {
  readonly wakesAtMs: number;
  readonly wake: () => void;
}

/** Simulated time for several workers: sleeps end at once, in the order of their due times. */
export function virtualTime(startsAtMs = Date.parse('2026-03-01T10:00:00Z')): VirtualTime {
  let nowMs = startsAtMs;
  const sleepers: Sleeper[] = [];
  const sleep = (ms: number) =>
    new Promise<void>((wake) => {
      const wakesAtMs = nowMs + Math.max(ms, 0);
      const next = sleepers.findIndex((other) => other.wakesAtMs > wakesAtMs);
      sleepers.splice(next < 0 ? sleepers.length : next, 0, { wakesAtMs, wake });
    });
  return {
    nowMs: () => nowMs,
    clock: (skewMs = 0, lateMs = () => 0) => ({
      nowMs: () => Math.floor(nowMs + skewMs),
      sleep: (ms) => sleep(ms + lateMs()),
    }),
    async run(forMs) {
      const endMs = nowMs + forMs;
      await setImmediate();
      for (let next = sleepers[0]; next && next.wakesAtMs <= endMs; next = sleepers[0]) {
        sleepers.shift();
        nowMs = next.wakesAtMs;
        next.wake();
        // The sleeper runs until it sleeps again.
        await setImmediate();
      }
      nowMs = endMs;
    },
    sleeping: () => sleepers.length,
  };
}
