import * as v from 'valibot';
import { parseProperties, type Resolve, titleOf } from '../../host/template/intrinsics.ts';
import type { Resource, Template } from '../../host/template/template.ts';
import type { AlarmRule } from './alarm-state.ts';
import { type Metric, type Statistic, statistics } from './metric-data.ts';
import { type MetricMath, parseMetricMath } from './metric-math.ts';

/** An alarm of the template. */
export interface Alarm extends AlarmRule {
  /** The last part of its construct path, which is its section in the runbook. */
  readonly name: string;
  readonly periodMs: number;
  readonly math: MetricMath;
  /** The metrics that the expression names, by id. */
  readonly metrics: ReadonlyMap<string, AlarmMetric>;
  readonly comparison: string;
  readonly threshold: number;
}

export interface AlarmMetric extends Metric {
  readonly statistic: Statistic;
}

const dimensions = v.optional(v.array(v.object({ Name: v.string(), Value: v.string() })), []);
const statistic = v.picklist(statistics);
const seconds = v.pipe(v.number(), v.multipleOf(60));
const name = { Namespace: v.string(), MetricName: v.string(), Dimensions: dimensions };

const query = v.object({
  Id: v.string(),
  Expression: v.optional(v.string()),
  ReturnData: v.optional(v.boolean(), true),
  MetricStat: v.optional(v.object({ Metric: v.object(name), Period: seconds, Stat: statistic })),
});
type Query = v.InferOutput<typeof query>;

const comparisons = {
  GreaterThanThreshold: { sign: '>', isBreaching: (value: number, threshold: number) => value > threshold },
  LessThanThreshold: { sign: '<', isBreaching: (value: number, threshold: number) => value < threshold },
} as const;

const schema = v.object({
  ComparisonOperator: v.picklist(['GreaterThanThreshold', 'LessThanThreshold']),
  Threshold: v.number(),
  EvaluationPeriods: v.number(),
  DatapointsToAlarm: v.optional(v.number()),
  TreatMissingData: v.picklist(['breaching', 'notBreaching']),
  // Either one metric, or metric math.
  Namespace: v.optional(v.string()),
  MetricName: v.optional(v.string()),
  Dimensions: dimensions,
  Statistic: v.optional(statistic),
  Period: v.optional(seconds),
  Metrics: v.optional(v.array(query), []),
  EvaluationWindow: v.optional(v.never('the drills evaluate sliding windows only')),
});

/** @throws Error naming the logical id of an alarm that the drills cannot evaluate */
export function readAlarms(template: Template, resolve: Resolve): readonly Alarm[] {
  return [...template.resources.values()]
    .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    .map((resource) => readAlarm(resource, resolve));
}

function readAlarm(resource: Resource, resolve: Resolve): Alarm {
  const alarm = parseProperties(schema, resource, resolve);
  const { sign, isBreaching } = comparisons[alarm.ComparisonOperator];
  const { EvaluationPeriods: evaluationPeriods, Threshold: threshold } = alarm;
  return {
    name: resource.id.split('/').at(-1) ?? resource.id,
    ...readExpression(alarm, titleOf(resource)),
    comparison: sign,
    threshold,
    isBreaching: (value) => isBreaching(value, threshold),
    evaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? evaluationPeriods,
    treatMissingData: alarm.TreatMissingData,
  };
}

function readExpression(
  alarm: v.InferOutput<typeof schema>,
  title: string,
): Pick<Alarm, 'math' | 'metrics' | 'periodMs'> {
  const { Namespace, MetricName, Dimensions, Statistic: Stat, Period, Metrics } = alarm;
  if (Namespace !== undefined && MetricName !== undefined && Stat !== undefined && Period !== undefined) {
    const metric = metricOf({ Namespace, MetricName, Dimensions }, Stat);
    return {
      math: parseMetricMath('m'),
      metrics: new Map([['m', metric]]),
      periodMs: Period * 1_000,
    };
  }
  const stats = Metrics.flatMap(({ Id, MetricStat }) => (MetricStat ? [[Id, MetricStat] as const] : []));
  const periods = new Set(stats.map(([, { Period: each }]) => each));
  const [period] = periods;
  if (period === undefined || periods.size > 1)
    throw new Error(
      `${title}: all metrics of an alarm must have the same period, found: ${[...periods].join()}`,
    );
  return {
    math: parseMetricMath(expressionOf(Metrics, title)),
    metrics: new Map(stats.map(([id, { Metric: each, Stat: stat }]) => [id, metricOf(each, stat)])),
    periodMs: period * 1_000,
  };
}

function expressionOf(queries: readonly Query[], title: string): string {
  const returned = queries.filter(({ ReturnData }) => ReturnData);
  const [only] = returned;
  if (only === undefined || returned.length > 1)
    throw new Error(`${title}: exactly one metric or expression must return data, found: ${returned.length}`);
  return only.Expression ?? only.Id;
}

function metricOf(
  named: v.InferOutput<v.ObjectSchema<typeof name, undefined>>,
  stat: Statistic,
): AlarmMetric {
  return {
    namespace: named.Namespace,
    name: named.MetricName,
    dimensions: Object.fromEntries(named.Dimensions.map(({ Name, Value }) => [Name, Value])),
    statistic: stat,
  };
}
