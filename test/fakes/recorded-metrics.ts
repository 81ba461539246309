import type { Metrics } from '../../lambdas/ports/metrics.ts';

export interface RecordedMetrics<Count extends string, Level extends string = never>
  extends Metrics<Count, Level> {
  /** Totals by name; what was never counted, or only as 0, is left out. */
  totals(): Readonly<Record<string, number>>;
  /** All that was told of a level. */
  levels(name: Level): readonly number[];
}

export function recordedMetrics<Count extends string, Level extends string = never>(): RecordedMetrics<
  Count,
  Level
> {
  const counts = new Map<Count, number>();
  const told: (readonly [Level, number])[] = [];
  return {
    count(name, howMany = 1) {
      counts.set(name, (counts.get(name) ?? 0) + howMany);
    },
    level(name, value) {
      told.push([name, value]);
    },
    levels: (name) => told.flatMap(([each, value]) => (each === name ? [value] : [])),
    totals: () => Object.fromEntries([...counts].filter(([, total]) => total !== 0)),
  };
}
