import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IRule } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { type Contract, metricNamespace } from '../../../lambdas/runtime/contract.ts';

/** What every graph and most alarms look at. */
const period = Duration.minutes(5);

/** What a function counts. */
export function counterMetric<C extends Contract>(
  { name }: C,
  metricName: C['metrics'][number],
  label = name,
): Metric {
  return ownMetric(name, metricName, 'Sum', label);
}

/** A level or sample that a function emits, as a statistic of its values: `Maximum`, `p99`. */
export function gaugeMetric<C extends Contract>(
  { name }: C,
  metricName: Extract<keyof C['levels'], string>,
  statistic = 'Maximum',
  label = name,
): Metric {
  return ownMetric(name, metricName, statistic, label);
}

function ownMetric(service: string, metricName: string, statistic: string, label: string): Metric {
  // Powertools names the function in the dimension `service`.
  const dimensionsMap = { service };
  return new Metric({ namespace: metricNamespace, metricName, dimensionsMap, statistic, period, label });
}

/** What Lambda counts of a function. */
export function functionMetric(
  lambda: IFunction,
  metricName: 'Duration' | 'Errors' | 'Invocations' | 'IteratorAge' | 'Throttles',
  label: string,
  statistic = 'Sum',
): Metric {
  return lambda.metric(metricName, { statistic, period, label });
}

export function queueMetric(
  queue: IQueue,
  metricName: 'ApproximateAgeOfOldestMessage' | 'ApproximateNumberOfMessagesVisible' | 'NumberOfMessagesSent',
  label: string,
  statistic = 'Maximum',
): Metric {
  return queue.metric(metricName, { statistic, period, label });
}

/** A rule of the default bus: EventBridge sends these metrics only where they are not zero. */
export function ruleMetric(
  { ruleName }: IRule,
  metricName:
    | 'FailedInvocations'
    | 'InvocationsFailedToBeSentToDlq'
    | 'InvocationsSentToDlq'
    | 'MatchedEvents',
  label: string,
): Metric {
  const dimensionsMap = { RuleName: ruleName };
  return new Metric({ namespace: 'AWS/Events', metricName, dimensionsMap, statistic: 'Sum', period, label });
}

export function logBytesMetric(log: ILogGroup, label: string): Metric {
  return log.metricIncomingBytes({ statistic: 'Sum', period, label });
}

/**
 * One line of several: their sum, or the highest of them.
 * Where one of them has no value, nothing was there to be counted: without a 0 for it there would be no sum either.
 */
export function combineMetrics(
  label: string,
  statistic: 'MAX' | 'SUM',
  metrics: readonly Metric[],
  evaluationPeriod = period,
): MathExpression {
  const named = metrics.map((metric): [string, Metric] => [metricId(metric), metric]);
  return new MathExpression({
    label,
    expression: `${statistic}([${named.map(([id]) => `FILL(${id}, 0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(named),
    period: evaluationPeriod,
  });
}

/** CloudWatch wants a lower-case letter first, and each id once in a graph. */
function metricId({ metricName, label = '' }: Metric): string {
  return `${metricName.charAt(0).toLowerCase()}${metricName.slice(1)}_${label.replaceAll(/\W+/g, '_')}`;
}
