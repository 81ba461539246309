import { Metrics as EmbeddedMetrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Metrics } from '../ports/metrics.ts';

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/**
 * Collects metrics during an invocation. `publish` writes them as one line in CloudWatch's embedded
 * metric format, or nothing if there are none: AWS bills each metric for each hour in which it is
 * sent.
 * @param levels the unit of each level
 */
export function powertoolsMetrics<Count extends string, Level extends string>(
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
  levels: Readonly<Record<Level, Unit>>,
): Metrics<Count, Level> & { publish(): void } {
  const metrics = new EmbeddedMetrics({ namespace });
  // Powertools adds a dimension `service`, which would make a metric of each function.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ ...dimensions });
  const totals = new Map<Count, number>();
  return {
    count: (name, howMany = 1) => void totals.set(name, (totals.get(name) ?? 0) + howMany),
    level: (name, value) => metrics.addMetric(name, levels[name], value),
    publish: () => {
      for (const [name, total] of totals) if (total > 0) metrics.addMetric(name, MetricUnit.Count, total);
      totals.clear();
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
