import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { counterMetric, functionMetric } from './metrics.ts';
import { listFunctions, type MonitoredResources } from './monitored-resources.ts';
import { graphWidget, logTableWidget, sectionHeading } from './widgets.ts';

/** Failures of endpoints, of functions and of Partner Central. */
export function buildFailureRows(resources: MonitoredResources): IWidget[][] {
  return [
    sectionHeading('Who is failing?', 'Endpoints first, then functions, then Partner Central.'),
    [deliveriesWidget(resources), attemptsWidget(resources), endpointsWidget(resources)],
    [
      functionsWidget(resources, 'Failed invocations', 'Errors', 'Sum'),
      functionsWidget(resources, 'Throttled invocations', 'Throttles', 'Sum'),
      functionsWidget(resources, 'Duration of invocations, p99', 'Duration', 'p99', 'milliseconds'),
    ],
    [refusalsWidget(resources), unknownInputWidget(resources), warningsWidget(resources)],
  ];
}

function deliveriesWidget({ delivery }: MonitoredResources): IWidget {
  const { deliver } = delivery;
  const lines = [
    counterMetric(deliver, 'DeliveriesDelivered', 'delivered'),
    counterMetric(deliver, 'DeliveriesRetried', 'failed, will retry'),
    counterMetric(deliver, 'DeliveriesExhausted', 'exhausted'),
    counterMetric(deliver, 'DeliveriesPostponed', 'postponed'),
    counterMetric(deliver, 'DeliveriesUnprepared', 'not prepared'),
    counterMetric(deliver, 'DeliveriesHeld', 'held'),
    counterMetric(deliver, 'DeliveriesSkipped', 'skipped'),
  ];
  return graphWidget('Deliveries, by outcome', lines, { stacked: true });
}

function attemptsWidget({ delivery }: MonitoredResources): IWidget {
  return logTableWidget(
    'Attempts, by endpoint and outcome',
    [delivery.deliver.logGroup],
    "filter message = 'delivery.attempted'",
    'stats count(*) as attempts, pct(durationMs, 95) as p95Ms by endpointId, outcome',
    'sort attempts desc',
  );
}

function endpointsWidget({ delivery }: MonitoredResources): IWidget {
  const { deliver } = delivery;
  return graphWidget('Endpoints that are protected or disabled', [
    counterMetric(deliver, 'BreakersOpened', 'breakers opened'),
    counterMetric(deliver, 'SlotsRefused', 'slots refused'),
    counterMetric(deliver, 'EndpointsDisabled', 'disabled'),
  ]);
}

function functionsWidget(
  resources: MonitoredResources,
  title: string,
  metric: 'Duration' | 'Errors' | 'Throttles',
  statistic: string,
  unit?: string,
): IWidget {
  return graphWidget(
    title,
    listFunctions(resources).map(({ contract, function: lambda }) =>
      functionMetric(lambda, metric, contract.name, statistic),
    ),
    { unit },
  );
}

function refusalsWidget({ hydration: { opportunity }, reconciliation }: MonitoredResources): IWidget {
  return graphWidget('Refused by Partner Central', [
    counterMetric(opportunity, 'ReadsThrottled', 'reads throttled'),
    counterMetric(opportunity, 'ReadsRefused', 'reads and lists refused'),
    counterMetric(reconciliation.reconcile, 'PassesFailed', 'passes failed'),
    counterMetric(opportunity, 'EventsParked', 'events parked'),
    counterMetric(opportunity, 'FindingsRefused', 'findings refused'),
    counterMetric(opportunity, 'SolutionListsFailed', 'lists of solutions failed'),
  ]);
}

function unknownInputWidget({ quarantine, reconciliation, delivery }: MonitoredResources): IWidget {
  const { reconcile } = reconciliation;
  return graphWidget('Unknown or malformed input', [
    counterMetric(quarantine.keep, 'EventsQuarantined', 'events quarantined'),
    counterMetric(quarantine.keep, 'DetailTypesDiscovered', 'detail-types discovered'),
    counterMetric(reconcile, 'ListItemsUnusable', 'list items unusable'),
    counterMetric(reconcile, 'InvitationsExpiring', 'invitations announced as expiring'),
    counterMetric(reconcile, 'RemindersAnnounced', 'reminders announced'),
    counterMetric(reconcile, 'TimestampsUnreadable', 'timestamps unreadable'),
    counterMetric(delivery.deliver, 'DoorbellsParked', 'doorbell messages parked'),
    counterMetric(delivery.deliver, 'RowsUnreadable', 'rows edited by hand'),
  ]);
}

function warningsWidget(resources: MonitoredResources): IWidget {
  return logTableWidget(
    'Warnings and errors',
    listFunctions(resources).map(({ logGroup }) => logGroup),
    "filter level in ['WARN', 'ERROR']",
    'fields coalesce(code, error) as why',
    'stats count(*) as lines by service, message, why',
    'sort lines desc',
  );
}
