import * as v from 'valibot';
import type { Template } from '../../local/host/template/template.ts';
import type { Counts } from './counts.ts';
import { type CostLine, estimateScheduleCost, minutesPerMonth, scheduled } from './month.ts';
import { priceOf } from './prices.ts';
import { filterResources, referencedIds } from './stack-graph.ts';

/**
 * Long polls that Lambda keeps open on the queue of each event source mapping. With a maximum
 * concurrency, however low, Lambda does not reduce them.
 */
const polls = 5;
const pollSeconds = 20;

/** Estimates the costs of a month without any event. */
export function estimateFixedCosts(template: Template, { single }: Counts): readonly CostLine[] {
  // Both scheduled functions run in every hour, so what an idle run sends is billed for all hours.
  const idle = scheduled.flatMap((name) => Object.keys(single.functions[name]?.metrics ?? {}));
  const watched = filterResources(template, 'AWS::CloudWatch::Alarm').reduce(
    (sum, { properties }) => sum + countAlarmMetrics(properties),
    0,
  );
  const dashboards = filterResources(template, 'AWS::CloudWatch::Dashboard').length;
  const queues = filterResources(template, 'AWS::Lambda::EventSourceMapping').filter(({ properties }) =>
    referencedIds(properties['EventSourceArn']).some(
      (id) => template.resources.get(id)?.type === 'AWS::SQS::Queue',
    ),
  ).length;
  const polled = queues * polls * (60 / pollSeconds) * minutesPerMonth;
  return [
    { what: `${idle.length} metrics of our own`, usd: priceOf('metric', idle.length) },
    { what: `alarms on ${watched} metrics`, usd: priceOf('alarm', watched) },
    { what: `${dashboards} dashboard`, usd: priceOf('dashboard', dashboards) },
    { what: `polls of ${queues} queues that are empty`, usd: priceOf('sqsRequests', polled) },
    { what: 'one endpoint with its secret', usd: priceOf('secret', 1) },
    ...estimateScheduleCost(single)
      .filter(({ usd }) => usd > 0)
      .map(({ what, usd }) => ({
        what: `reconcile and sweep, every minute: ${what}`,
        usd,
      })),
  ];
}

const alarmSchema = v.object({
  Metrics: v.optional(v.array(v.object({ MetricStat: v.optional(v.unknown()) }))),
});

/** AWS bills an alarm on an expression for each metric in the expression. */
function countAlarmMetrics(properties: unknown): number {
  const { Metrics } = v.parse(alarmSchema, properties);
  return Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
}

const mappingSchema = v.object({ ScalingConfig: v.object({ MaximumConcurrency: v.number() }) });

/** Maximum concurrent environments of `deliver`. */
export function readDeliverConcurrency(template: Template): number {
  const mappings = filterResources(template, 'AWS::Lambda::EventSourceMapping');
  const mapping = mappings.find(({ id }) => id.includes('/Deliver/'));
  return v.parse(mappingSchema, mapping?.properties).ScalingConfig.MaximumConcurrency;
}
