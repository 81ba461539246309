import * as v from 'valibot';
import type { BusRule } from '../eventbridge/event-bus.ts';
import { filterLogEvents } from './control-plane-logs.ts';
import { describeAlarms } from './control-plane-resources.ts';
import {
  ControlPlaneError,
  type ControlPlaneResponse,
  type DeployedStage,
} from './control-plane-response.ts';

/** EventBridge, CloudWatch and CloudWatch Logs use the AWS JSON protocol. */
export async function answerJsonCall(
  target: string,
  requestBody: string,
  deployed: DeployedStage,
): Promise<ControlPlaneResponse> {
  const body = JSON.stringify(await perform(target, JSON.parse(requestBody || '{}'), deployed));
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
}

const ofTarget = v.object({ TargetArn: v.string() });
const describeRule = v.object({ Name: v.string() });
const metricStat = v.object({
  Metric: v.object({
    Namespace: v.string(),
    MetricName: v.string(),
    Dimensions: v.optional(v.array(v.object({ Name: v.string(), Value: v.string() })), []),
  }),
  /** Seconds. */
  Period: v.number(),
});
const getMetricData = v.object({
  MetricDataQueries: v.array(v.object({ Id: v.string(), MetricStat: metricStat })),
  /** Seconds since 1970. */
  StartTime: v.number(),
  EndTime: v.number(),
});

function perform(target: string, body: unknown, deployed: DeployedStage): unknown {
  switch (target) {
    case 'AWSEvents.ListRuleNamesByTarget':
      return { RuleNames: rulesTo(v.parse(ofTarget, body).TargetArn, deployed).map(({ name }) => name) };
    case 'AWSEvents.PutEvents':
      return deployed.buses.putEvents(body);
    case 'AWSEvents.DescribeRule':
      return ruleOf(v.parse(describeRule, body).Name, deployed);
    case 'GraniteServiceVersion20100801.GetMetricData':
      return metricData(v.parse(getMetricData, body), deployed);
    case 'Logs_20140328.FilterLogEvents':
      return filterLogEvents(body, deployed);
    case 'GraniteServiceVersion20100801.DescribeAlarms':
      return describeAlarms(body, deployed);
    default:
      throw new ControlPlaneError('UnknownOperationException', `The local stage does not support ${target}.`);
  }
}

function rulesTo(targetArn: string, { rules }: DeployedStage): readonly BusRule[] {
  return rules.filter(({ targets }) => targets.some(({ arn }) => arn === targetArn));
}

function ruleOf(name: string, { rules }: DeployedStage): unknown {
  const rule = rules.find((each) => each.name === name);
  if (!rule)
    throw new ControlPlaneError(
      'ResourceNotFoundException',
      `Rule ${name} does not exist on EventBus default.`,
    );
  return { Name: rule.name, Arn: rule.arn, EventBusName: 'default', State: rule.state };
}

/** Returns values for MatchedEvents of the rules. Any other metric has no data points. */
function metricData(
  { MetricDataQueries, StartTime, EndTime }: v.InferOutput<typeof getMetricData>,
  { rules, matchedEvents }: DeployedStage,
): unknown {
  const results = MetricDataQueries.map(({ Id, MetricStat: { Metric, Period } }) => {
    const isMatched = Metric.Namespace === 'AWS/Events' && Metric.MetricName === 'MatchedEvents';
    const name = Metric.Dimensions.find((dimension) => dimension.Name === 'RuleName')?.Value;
    const rule = isMatched ? rules.find((each) => each.name === name) : undefined;
    const sums = rule && matchedEvents.sums(rule.id, StartTime * 1_000, EndTime * 1_000, Period * 1_000);
    return {
      Id,
      Label: Metric.MetricName,
      Timestamps: [...(sums?.keys() ?? [])].map((ms) => ms / 1_000),
      Values: [...(sums?.values() ?? [])],
      StatusCode: 'Complete',
    };
  });
  return { MetricDataResults: results, Messages: [] };
}
