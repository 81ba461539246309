/** A metric as CloudWatch identifies it: other dimensions are another metric. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The statistics that alarms of the stack use. */
export const statistics = ['Sum', 'Maximum'] as const;
export type Statistic = (typeof statistics)[number];

interface Value {
  readonly atMs: number;
  readonly value: number;
}

/** The values of all metrics, as CloudWatch stores them. */
export class MetricData {
  readonly #values = new Map<string, Value[]>();

  add(metric: Metric, value: number, atMs: number): void {
    const key = keyOf(metric);
    const values = this.#values.get(key) ?? [];
    this.#values.set(key, values);
    values.push({ atMs, value });
  }

  /** The statistic of all values from one time to another. Undefined if there is no value. */
  statisticOf(
    metric: Metric,
    statistic: Statistic,
    { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  ): number | undefined {
    const values = (this.#values.get(keyOf(metric)) ?? [])
      .filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)
      .map(({ value }) => value);
    return values.length === 0 ? undefined : calculate[statistic](values);
  }
}

const calculate: Readonly<Record<Statistic, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((total, value) => total + value, 0),
  Maximum: (values) => Math.max(...values),
};

function keyOf({ namespace, name, dimensions }: Metric): string {
  const pairs = Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, ...pairs]);
}
