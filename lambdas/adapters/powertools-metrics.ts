import { Metrics as EmbeddedMetrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Metrics } from '../ports/metrics.ts';

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

export interface MetricNames<Count extends string, Level extends string> {
  /** Published at the end of every invocation, also if they are 0. */
  readonly counts: readonly Count[];
  /** The unit of each level. Published only if a value was recorded. */
  readonly levels: Readonly<Record<Level, Unit>>;
}

/**
 * Collects metrics during an invocation. `publish` writes them as one line in CloudWatch's embedded
 * metric format.
 */
export function powertoolsMetrics<Count extends string, Level extends string>(
  namespace: string,
  serviceName: string,
  { counts, levels }: MetricNames<Count, Level>,
): Metrics<Count, Level> & { publish(): void } {
  const metrics = new EmbeddedMetrics({ namespace, serviceName });
  const totals = new Map<Count, number>();
  return {
    count: (name, howMany = 1) => void totals.set(name, (totals.get(name) ?? 0) + howMany),
    level: (name, value) => metrics.addMetric(name, levels[name], value),
    publish: () => {
      // Without a 0, an alarm cannot tell a quiet hour from a function that does not run.
      for (const name of counts) metrics.addMetric(name, MetricUnit.Count, totals.get(name) ?? 0);
      totals.clear();
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
