import * as v from 'valibot';
import { bundles } from '../../lambdas/build.ts';
import type { Contract } from '../../lambdas/runtime/contract.ts';
import type { Template } from '../../local/host/template.ts';
import type { Counts } from './counts.ts';
import { costOfSchedules, type Line, minutes } from './month.ts';
import { costOf } from './prices.ts';
import { namedIn, resourcesOf } from './stack-graph.ts';

/** Lambda keeps so many long polls open on the queue of each mapping. */
const polls = 5;
const pollSeconds = 20;

/** What a month costs without any event. */
export function fixedLines(template: Template, { single }: Counts): readonly Line[] {
  const metrics = bundles
    .map(({ contract }): Contract => contract)
    .reduce((sum, { metrics: named, levels = {} }) => sum + named.length + Object.keys(levels).length, 0);
  const watched = resourcesOf(template, 'AWS::CloudWatch::Alarm').reduce(
    (sum, { properties }) => sum + watchedBy(properties),
    0,
  );
  const dashboards = resourcesOf(template, 'AWS::CloudWatch::Dashboard').length;
  const queues = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').filter(({ properties }) =>
    namedIn(properties['EventSourceArn']).some(
      (id) => template.resources.get(id)?.type === 'AWS::SQS::Queue',
    ),
  ).length;
  const polled = queues * polls * (60 / pollSeconds) * minutes;
  return [
    { what: `${metrics} metrics`, usd: costOf('metric', metrics) },
    { what: `alarms on ${watched} metrics`, usd: costOf('alarm', watched) },
    { what: `${dashboards} dashboard`, usd: costOf('dashboard', dashboards) },
    { what: `polls of ${queues} queues that are empty`, usd: costOf('sqsRequests', polled) },
    { what: 'one endpoint with its secret', usd: costOf('secret', 1) },
    ...costOfSchedules(single)
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

/** An alarm on an expression is billed for each metric in it. */
function watchedBy(properties: unknown): number {
  const { Metrics } = v.parse(alarmSchema, properties);
  return Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
}

const mappingSchema = v.object({ ScalingConfig: v.object({ MaximumConcurrency: v.number() }) });

/** Most environments of `deliver` at once. */
export function deliverConcurrency(template: Template): number {
  const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping');
  const mapping = mappings.find(({ id }) => id.includes('/Deliver/'));
  return v.parse(mappingSchema, mapping?.properties).ScalingConfig.MaximumConcurrency;
}
