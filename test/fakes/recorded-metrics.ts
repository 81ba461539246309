import type { Metrics } from '../../lambdas/ports/metrics.ts';

export interface RecordedMetrics<Name extends string> extends Metrics<Name> {
  /** Totals by name, and the newest level of a gauge; what was never counted, or only as 0, is left out. */
  totals(): Readonly<Record<string, number>>;
}

export function recordedMetrics<Name extends string>(): RecordedMetrics<Name> {
  const counts = new Map<Name, number>();
  return {
    count(name, howMany = 1) {
      counts.set(name, (counts.get(name) ?? 0) + howMany);
    },
    gauge(name, level) {
      counts.set(name, level);
    },
    totals: () => Object.fromEntries([...counts].filter(([, total]) => total !== 0)),
  };
}
