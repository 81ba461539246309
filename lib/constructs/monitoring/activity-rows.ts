import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  type IAlarm,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { counterMetric, functionMetric, ruleMetric } from './metrics.ts';
import type { MonitoredResources } from './monitored-resources.ts';
import { runbookPage } from './runbook-link.ts';
import { graphWidget, logTableWidget, sectionHeading } from './widgets.ts';

/** Whether events arrive, versions are stored, messages go out, and the scheduled functions run. */
export function buildActivityRows(
  resources: MonitoredResources,
  alarms: readonly IAlarm[],
  runbookUrl: string | undefined,
): IWidget[][] {
  const { intake, hydration, reconciliation, delivery } = resources;
  const { opportunity } = hydration;
  const reconcile = reconciliation.reconcile;
  const { fanOut, deliver, sweep } = delivery;
  return [
    sectionHeading(
      'Is it alive?',
      `The runbook explains each alarm: what it means, where to look, what to do. ${runbookPage(runbookUrl)}`,
    ),
    [
      new AlarmStatusWidget({
        title: 'Alarms',
        alarms: [...alarms],
        sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
        width: 24,
        height: 4,
      }),
    ],
    [
      graphWidget(
        'Events received, by rule',
        intake.rules.map((rule) => ruleMetric(rule, 'MatchedEvents', rule.node.id)),
        { stacked: true },
      ),
      graphWidget(
        'Outcome of hydration',
        [
          counterMetric(opportunity, 'RecordsStored'),
          counterMetric(opportunity, 'RecordsUnchanged'),
          counterMetric(opportunity, 'RecordsStale'),
        ],
        { stacked: true },
      ),
      graphWidget('Versions and deliveries', [
        counterMetric(fanOut, 'VersionsFannedOut', 'versions fanned out'),
        counterMetric(fanOut, 'VersionsRedacted', 'versions redacted'),
        counterMetric(fanOut, 'DeliveriesAdded', 'deliveries added'),
        counterMetric(deliver, 'DeliveriesDelivered', 'deliveries delivered'),
      ]),
    ],
    [
      logTableWidget(
        'Records hydrated, by detail-type',
        hydration.functions.map(({ logGroup }) => logGroup),
        "filter message = 'record.hydrated'",
        'stats count(*) as records by detailType, outcome',
        'sort records desc',
      ),
      graphWidget('Functions that run every minute', [
        functionMetric(sweep.function, 'Invocations', 'sweep'),
        functionMetric(reconcile.function, 'Invocations', 'reconcile'),
      ]),
      logTableWidget(
        'Passes over the lists of AWS',
        [reconcile.logGroup],
        "filter message in ['pass.finished', 'pass.failed']",
        'stats count(*) as passes, sum(findings) as found, latest(code) as refused by catalog, pass, message',
        'sort catalog, pass',
      ),
    ],
  ];
}
