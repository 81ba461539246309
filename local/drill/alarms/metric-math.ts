/** Values by period, oldest first. Undefined: the period has no data point. */
export type Series = readonly (number | undefined)[];

/** An expression of CloudWatch's metric math. */
export interface MetricMath {
  readonly text: string;
  /** Calculates the expression for every period. @param seriesOf returns the series with this id */
  readonly evaluate: (seriesOf: (id: string) => Series) => Series;
}

/**
 * Parses the part of metric math that the alarms use: the id of a metric, and the sum or the
 * maximum of metrics whose missing data points count as 0.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws Error if the expression has another form
 */
export function parseMetricMath(text: string): MetricMath {
  if (/^[a-z]\w*$/.test(text)) return { text, evaluate: (seriesOf) => seriesOf(text) };
  const [, name = '', list = ''] = /^(SUM|MAX)\(\[(.+)\]\)$/.exec(text) ?? [];
  const ids = list.split(/,(?! 0\))/).map((part) => /^ ?FILL\((\w+), 0\)$/.exec(part)?.[1]);
  const combine = functions[name];
  if (combine === undefined || ids.includes(undefined))
    throw new Error(
      `${text}: an expression of an alarm must be id, SUM([FILL(id, 0), …]) or MAX([FILL(id, 0), …])`,
    );
  return {
    text,
    evaluate: (seriesOf) => {
      const all = ids.map((id = '') => seriesOf(id));
      const [first = []] = all;
      return first.map((_, index) => combine(all.map((series) => series[index] ?? 0)));
    },
  };
}

const functions: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((total, value) => total + value, 0),
  MAX: (values) => Math.max(...values),
};
