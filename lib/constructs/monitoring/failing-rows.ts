import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { counted, ofFunction, together } from './relay-metrics.ts';
import { allFunctions, type Watched } from './watched.ts';
import { graph, logTable, question } from './widgets.ts';

/** Which endpoint, which function, or Partner Central itself. */
export function failingRows(watched: Watched): IWidget[][] {
  return [
    question('Who is failing?', 'Endpoints first, then the functions, then what Partner Central refuses.'),
    [deliveries(watched), byEndpoint(watched), endpoints(watched)],
    [
      ofFunctions(watched, 'Invocations that failed', 'Errors', 'Sum'),
      ofFunctions(watched, 'Invocations that had to wait', 'Throttles', 'Sum'),
      ofFunctions(watched, 'Duration of invocations, p99', 'Duration', 'p99', 'milliseconds'),
    ],
    [refused(watched), unreadable(watched), failures(watched)],
  ];
}

function deliveries({ delivery }: Watched): IWidget {
  const { contract } = delivery.deliver;
  const lines = [
    counted(contract, 'DeliveriesDelivered', 'delivered'),
    counted(contract, 'DeliveriesRetried', 'failed, tried again'),
    counted(contract, 'DeliveriesExhausted', 'exhausted'),
    counted(contract, 'DeliveriesPostponed', 'put off'),
    counted(contract, 'DeliveriesUnprepared', 'not prepared'),
    counted(contract, 'DeliveriesHeld', 'held'),
    counted(contract, 'DeliveriesSkipped', 'skipped'),
  ];
  return graph('Deliveries, by outcome', lines, { stacked: true });
}

function byEndpoint({ delivery }: Watched): IWidget {
  return logTable(
    'Attempts, by endpoint and outcome',
    [delivery.deliver.logGroup],
    "filter message = 'delivery.attempted'",
    'stats count(*) as attempts, pct(durationMs, 95) as p95Ms by endpointId, outcome',
    'sort attempts desc',
  );
}

function endpoints({ delivery }: Watched): IWidget {
  const { contract } = delivery.deliver;
  return graph('Endpoints put aside', [
    counted(contract, 'BreakersOpened', 'breakers opened'),
    counted(contract, 'LanesRefused', 'lanes refused'),
    counted(contract, 'EndpointsDisabled', 'disabled'),
  ]);
}

function ofFunctions(
  watched: Watched,
  title: string,
  metric: 'Duration' | 'Errors' | 'Throttles',
  statistic: string,
  unit?: string,
): IWidget {
  return graph(
    title,
    allFunctions(watched).map(({ contract, function: lambda }) =>
      ofFunction(lambda, metric, contract.name, statistic),
    ),
    { unit },
  );
}

function refused({ hydration, reconciliation }: Watched): IWidget {
  const hydrating = hydration.functions.map(({ contract }) => contract);
  const sum = (metric: 'EventsParked' | 'FindingsRefused', label: string) =>
    together(
      label,
      'SUM',
      hydrating.map((contract) => counted(contract, metric)),
    );
  return graph('What Partner Central refuses', [
    together(
      'reads throttled',
      'SUM',
      [...hydrating, reconciliation.reconcile.contract].map((contract) =>
        counted(contract, 'ReadsThrottled'),
      ),
    ),
    sum('EventsParked', 'events parked'),
    sum('FindingsRefused', 'findings refused'),
  ]);
}

function unreadable({ quarantine, reconciliation, delivery }: Watched): IWidget {
  const { contract } = quarantine.keep;
  return graph('What nothing here reads', [
    counted(contract, 'EventsQuarantined', 'events quarantined'),
    counted(contract, 'EventsParked', 'events malformed'),
    counted(contract, 'DetailTypesDiscovered', 'detail-types discovered'),
    counted(reconciliation.reconcile.contract, 'ListItemsUnusable', 'list items unusable'),
    counted(delivery.fanOut.contract, 'DoorbellsParked', 'rings parked by fan-out'),
    counted(delivery.deliver.contract, 'DoorbellsParked', 'rings parked by deliver'),
  ]);
}

function failures(watched: Watched): IWidget {
  return logTable(
    'Warnings and errors',
    allFunctions(watched).map(({ logGroup }) => logGroup),
    "filter level in ['WARN', 'ERROR']",
    'fields coalesce(code, error) as why',
    'stats count(*) as lines by service, message, why',
    'sort lines desc',
  );
}
