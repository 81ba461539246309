import * as v from 'valibot';
import { isJsonObject } from '../lambdas/core/json.ts';
import { tryParseJson } from '../lambdas/core/json-text.ts';
import type { Metric } from './drill/alarms/metric-data.ts';

const values = v.union([v.number(), v.array(v.number())]);
const schema = v.object({
  Timestamp: v.number(),
  CloudWatchMetrics: v.array(
    v.object({
      Namespace: v.string(),
      Dimensions: v.array(v.array(v.string())),
      Metrics: v.array(v.object({ Name: v.string() })),
    }),
  ),
});

export interface EmbeddedValue {
  readonly metric: Metric;
  readonly value: number;
  readonly atMs: number;
}

/**
 * Reads the metrics in a log line, as CloudWatch Logs extracts them. A line in another format has
 * none. CloudWatch User Guide, "Specification: Embedded metric format".
 * @throws ValiError if the line names a metric or a dimension that it does not have
 */
export function readEmbeddedMetrics(line: string): readonly EmbeddedValue[] {
  const members = tryParseJson(line);
  if (!isJsonObject(members) || members['_aws'] === undefined) return [];
  const { Timestamp: atMs, CloudWatchMetrics } = v.parse(schema, members['_aws']);
  return CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, v.parse(v.string(), members[name])]));
      return Metrics.flatMap(({ Name: name }) =>
        [v.parse(values, members[name])]
          .flat()
          .map((value) => ({ metric: { namespace, name, dimensions }, value, atMs })),
      );
    }),
  );
}
