import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../lambdas/ports/clock.ts';

export interface VirtualTime {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** A clock that is wrong by so much, and right about how long a time is. @param lateMs by how much a sleeper oversleeps */
  clock(skewMs?: number, lateMs?: () => number): Clock;
  /** Lets so much time pass, from one sleeper's waking to the next. What they do meanwhile takes none. */
  run(forMs: number): Promise<void>;
  sleeping(): number;
}

interface Sleeper {
  readonly wakesAtMs: number;
  readonly wake: () => void;
}

/** Time for several workers at once: nothing waits, and all of it happens in the order in which it would. */
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
        // Whatever was waiting for this goes on until it waits for time again.
        await setImmediate();
      }
      nowMs = endMs;
    },
    sleeping: () => sleepers.length,
  };
}
