import { latestInstantMs } from '../../lambdas/core/request-rate.ts';
import type { RequestCounter } from '../../lambdas/ports/request-counter.ts';

/** @param rows until when each client is busy, epoch milliseconds */
export function inMemoryRequestCounter(rows = new Map<string, number>()): RequestCounter {
  return {
    async admit(clientId, rate, nowMs) {
      const stored = rows.get(clientId) ?? 0;
      const busyUntilMs = stored > nowMs && stored <= latestInstantMs(rate, nowMs) ? stored : nowMs;
      const afterMs = busyUntilMs - nowMs - rate.toleranceMs;
      if (afterMs > 0) return { kind: 'too-many', afterMs };
      rows.set(clientId, busyUntilMs + rate.intervalMs);
      return { kind: 'admitted' };
    },
  };
}
