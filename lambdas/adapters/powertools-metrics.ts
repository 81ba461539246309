import { Metrics as EmbeddedMetrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Metrics } from '../ports/metrics.ts';

/** Counts gathered over an invocation and written at its end as one line in CloudWatch's embedded metric format. */
export function powertoolsMetrics<Name extends string>(
  namespace: string,
  serviceName: string,
): Metrics<Name> & { publish(): void } {
  const metrics = new EmbeddedMetrics({ namespace, serviceName });
  return {
    count: (name, howMany = 1) => metrics.addMetric(name, MetricUnit.Count, howMany),
    gauge: (name, level) => metrics.addMetric(name, MetricUnit.Count, level),
    publish: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
