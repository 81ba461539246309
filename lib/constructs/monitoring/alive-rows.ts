import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  type IAlarm,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { counted, ofFunction, ofRule, together } from './relay-metrics.ts';
import type { Watched } from './watched.ts';
import { graph, logTable, question } from './widgets.ts';

/** Events come in, versions are made, messages go out, and those who look for what was forgotten are at it. */
export function aliveRows(watched: Watched, alarms: readonly IAlarm[]): IWidget[][] {
  const { intake, hydration, reconciliation, delivery } = watched;
  const hydrating = hydration.functions.map(({ contract }) => contract);
  const reconcile = reconciliation.reconcile;
  const { fanOut, deliver, sweep } = delivery;
  const sum = (metric: 'RecordsStored' | 'RecordsUnchanged' | 'RecordsStale') =>
    together(
      metric,
      'SUM',
      hydrating.map((contract) => counted(contract, metric)),
    );
  return [
    question(
      'Is it alive?',
      'Each alarm is a heading of README.md: what it means, where to look, what to do.',
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
      graph(
        'Events that came, by rule',
        intake.rules.map((rule) => ofRule(rule, 'MatchedEvents', rule.node.id)),
        { stacked: true },
      ),
      graph('What they came to', [sum('RecordsStored'), sum('RecordsUnchanged'), sum('RecordsStale')], {
        stacked: true,
      }),
      graph('Versions and deliveries', [
        counted(fanOut.contract, 'VersionsFannedOut', 'versions fanned out'),
        counted(fanOut.contract, 'VersionsRedacted', 'versions rewritten without personal data'),
        counted(fanOut.contract, 'DeliveriesAdded', 'deliveries added'),
        counted(deliver.contract, 'DeliveriesDelivered', 'deliveries delivered'),
      ]),
    ],
    [
      logTable(
        'Records hydrated, by detail-type',
        hydration.functions.map(({ logGroup }) => logGroup),
        "filter message = 'record.hydrated'",
        'stats count(*) as records by detailType, outcome',
        'sort records desc',
      ),
      graph('Whoever looks every minute', [
        ofFunction(sweep.function, 'Invocations', 'sweep'),
        ofFunction(reconcile.function, 'Invocations', 'reconcile'),
      ]),
      graph('Passes over the lists of AWS', [
        counted(reconcile.contract, 'PassesFinished', 'finished'),
        counted(reconcile.contract, 'PassesFailed', 'failed'),
        counted(reconcile.contract, 'InvitationsExpiring', 'invitations announced as expiring'),
      ]),
    ],
  ];
}
