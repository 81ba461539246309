import type { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type Contract, metricNamespace } from '../../lambdas/runtime/contract.ts';

export interface CountAlarmProps<C extends Contract> {
  /** Of the functions that count. */
  readonly contracts: readonly C[];
  readonly metric: C['metrics'][number];
  readonly period: Duration;
  /** What it means, for whoever is woken by it. */
  readonly description: string;
}

/** An alarm that goes off as soon as anything was counted at all. Nothing counted is nothing wrong. */
export function alarmOnCount<C extends Contract>(
  scope: Construct,
  id: string,
  { contracts, metric, period, description }: CountAlarmProps<C>,
): void {
  const counts = contracts.map(({ name }): [string, Metric] => [
    name.replaceAll('-', '_'),
    new Metric({
      namespace: metricNamespace,
      metricName: metric,
      // Powertools names the function that counts in the dimension `service`.
      dimensionsMap: { service: name },
      statistic: 'Sum',
      period,
    }),
  ]);
  new Alarm(scope, id, {
    metric: new MathExpression({
      label: metric,
      // A function that has counted nothing has no value at all, and a sum with it would have none either.
      expression: counts.map(([name]) => `FILL(${name}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(counts),
      period,
    }),
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: description,
  });
}
