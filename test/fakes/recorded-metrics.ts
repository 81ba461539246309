import type { Metrics } from '../../lambdas/ports/metrics.ts';

export interface RecordedMetrics<Count extends string, Level extends string = never>
  extends Metrics<Count, Level> {
  /** Totals by name, without those that are 0. */
  totals(): Readonly<Record<string, number>>;
  /** All recorded values of a level. */
  levels(name: Level): readonly number[];
}

export function recordedMetrics<Count extends string, Level extends string = never>(): RecordedMetrics<
  Count,
  Level
> {
  const counts = new Map<Count, number>();
  const recorded: (readonly [Level, number])[] = [];
  return {
    count(name, howMany = 1) {
      counts.set(name, (counts.get(name) ?? 0) + howMany);
    },
    level(name, value) {
      recorded.push([name, value]);
    },
    levels: (name) => recorded.flatMap(([each, value]) => (each === name ? [value] : [])),
    totals: () => Object.fromEntries([...counts].filter(([, total]) => total !== 0)),
  };
}
