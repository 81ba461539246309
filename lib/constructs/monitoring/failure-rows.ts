import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { combineMetrics, counterMetric, functionMetric } from './metrics.ts';
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
  const { contract } = delivery.deliver;
  const lines = [
    counterMetric(contract, 'DeliveriesDelivered', 'delivered'),
    counterMetric(contract, 'DeliveriesRetried', 'failed, will retry'),
    counterMetric(contract, 'DeliveriesExhausted', 'exhausted'),
    counterMetric(contract, 'DeliveriesPostponed', 'postponed'),
    counterMetric(contract, 'DeliveriesUnprepared', 'not prepared'),
    counterMetric(contract, 'DeliveriesHeld', 'held'),
    counterMetric(contract, 'DeliveriesSkipped', 'skipped'),
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
  const { contract } = delivery.deliver;
  return graphWidget('Endpoints that are protected or disabled', [
    counterMetric(contract, 'BreakersOpened', 'breakers opened'),
    counterMetric(contract, 'SlotsRefused', 'slots refused'),
    counterMetric(contract, 'EndpointsDisabled', 'disabled'),
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

function refusalsWidget({ hydration, reconciliation }: MonitoredResources): IWidget {
  const hydrating = hydration.functions.map(({ contract }) => contract);
  const sum = (metric: 'EventsParked' | 'FindingsRefused' | 'SolutionListsFailed', label: string) =>
    combineMetrics(
      label,
      'SUM',
      hydrating.map((contract) => counterMetric(contract, metric)),
    );
  return graphWidget('Refused by Partner Central', [
    combineMetrics(
      'reads throttled',
      'SUM',
      [...hydrating, reconciliation.reconcile.contract].map((contract) =>
        counterMetric(contract, 'ReadsThrottled'),
      ),
    ),
    sum('EventsParked', 'events parked'),
    sum('FindingsRefused', 'findings refused'),
    sum('SolutionListsFailed', 'lists of solutions failed'),
  ]);
}

function unknownInputWidget({
  hydration,
  quarantine,
  reconciliation,
  delivery,
}: MonitoredResources): IWidget {
  const { contract } = quarantine.keep;
  return graphWidget('Unknown or malformed input', [
    counterMetric(contract, 'EventsQuarantined', 'events quarantined'),
    counterMetric(contract, 'EventsParked', 'events malformed'),
    counterMetric(contract, 'DetailTypesDiscovered', 'detail-types discovered'),
    counterMetric(reconciliation.reconcile.contract, 'ListItemsUnusable', 'list items unusable'),
    combineMetrics(
      'timestamps unreadable',
      'SUM',
      [reconciliation.reconcile, ...hydration.functions].map((each) =>
        counterMetric(each.contract, 'TimestampsUnreadable'),
      ),
    ),
    counterMetric(delivery.fanOut.contract, 'DoorbellsParked', 'doorbell messages parked by fan-out'),
    counterMetric(delivery.deliver.contract, 'DoorbellsParked', 'doorbell messages parked by deliver'),
    counterMetric(delivery.fanOut.contract, 'RowsUnreadable', 'versions edited by hand'),
    counterMetric(delivery.deliver.contract, 'RowsUnreadable', 'deliveries edited by hand'),
    combineMetrics(
      'records, passes and the quota ledger edited by hand',
      'SUM',
      [...hydration.functions, reconciliation.reconcile].map((each) =>
        counterMetric(each.contract, 'RowsUnreadable'),
      ),
    ),
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
