import { Duration, Stack } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IRule } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type Contract, metricDimension, metricNamespace } from '../../../lambdas/runtime/contract.ts';
import { type CommandApi, failedRequestsMetric } from '../command-api.ts';
import type { ServiceFunction } from '../service-function.ts';

/** Period of every graph and of most alarms. */
const period = Duration.minutes(5);

/** A count in the contract of a function, over all functions of the stack that have it. */
export function counterMetric<C extends Contract>(
  source: ServiceFunction<C>,
  metricName: C['metrics'][number],
  label: string = metricName,
): Metric {
  return ownMetric(source, metricName, 'Sum', label);
}

/**
 * A level in the contract of a function, over all functions of the stack that have it.
 * @param statistic of its values: `Maximum`, `p99`
 */
export function gaugeMetric<C extends Contract>(
  source: ServiceFunction<C>,
  metricName: Extract<keyof C['levels'], string>,
  statistic = 'Maximum',
  label: string = metricName,
): Metric {
  return ownMetric(source, metricName, statistic, label);
}

/** Requests for commands that were answered with 500, at all doors of the stack. */
export function failedRequests(api: CommandApi, label: string): Metric {
  return ownMetric(api, failedRequestsMetric, 'Sum', label);
}

function ownMetric(source: Construct, metricName: string, statistic: string, label: string): Metric {
  const dimensionsMap = { [metricDimension]: Stack.of(source).stackName };
  return new Metric({ namespace: metricNamespace, metricName, dimensionsMap, statistic, period, label });
}

/** A metric that Lambda emits about a function. */
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

/** A metric of a rule on the default bus. EventBridge emits it only if it is not 0. */
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
 * Combines metrics into one: their sum or their maximum. A metric without a value counts as 0,
 * because otherwise the combination would have no value either.
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

/** CloudWatch requires ids that start with a lower-case letter and are unique in a graph. */
function metricId({ metricName, label = '' }: Metric): string {
  return `${metricName.charAt(0).toLowerCase()}${metricName.slice(1)}_${label.replaceAll(/\W+/g, '_')}`;
}
