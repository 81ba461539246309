import { type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { counted, level, ofFunction, ofQueue, ofRule, together } from './relay-metrics.ts';
import { tooOld } from './urgent-alarms.ts';
import { allFunctions, allQueues, eventQueues, type Watched } from './watched.ts';
import { graph, logTable, question } from './widgets.ts';

/** How old the oldest work is at each step, what was given up, and what had to be found again. */
export function lateRows(watched: Watched): IWidget[][] {
  return [
    question(
      'Is anything lost or late?',
      'Work waits for minutes at most, parked queues are empty, and hardly anything has to be found or rung for again.',
    ),
    [oldestWork(watched), latency(watched), parked(watched)],
    [parkedReasons(watched), foundAgain(watched), waiting(watched)],
  ];
}

function oldestWork(watched: Watched): IWidget {
  const { hydration, delivery } = watched;
  const iteratorAge = ofFunction(delivery.fanOut.function, 'IteratorAge', 'stream', 'Maximum');
  return graph(
    'Oldest work at each step',
    [
      ...hydration.functions.map(({ contract }) => level(contract, 'OldestEventAge')),
      ...eventQueues(watched).map(([name, { queue }]) =>
        ofQueue(queue, 'ApproximateAgeOfOldestMessage', `queue ${name}`),
      ),
      new MathExpression({
        expression: 'age / 1000',
        usingMetrics: { age: iteratorAge },
        label: 'stream to fan-out',
      }),
      level(delivery.sweep.contract, 'OldestVersionOverdue', 'Maximum', 'versions overdue'),
      level(delivery.sweep.contract, 'OldestDeliveryOverdue', 'Maximum', 'deliveries overdue'),
    ],
    { unit: 'seconds', marks: [{ value: tooOld.toSeconds(), label: 'WorkTooOld' }] },
  );
}

function latency({ delivery }: Watched): IWidget {
  return graph(
    'From event to delivered',
    ['p50', 'p95', 'p99'].map((percentile) =>
      level(delivery.deliver.contract, 'DeliveryLatency', percentile, percentile),
    ),
    { unit: 'milliseconds' },
  );
}

function parked(watched: Watched): IWidget {
  return graph(
    'Parked, by queue',
    allQueues(watched).map(([name, { parked: queue }]) =>
      ofQueue(queue, 'ApproximateNumberOfMessagesVisible', name),
    ),
    { stacked: true },
  );
}

function parkedReasons(watched: Watched): IWidget {
  return logTable(
    'Given up, by reason',
    allFunctions(watched).map(({ logGroup }) => logGroup),
    "filter message in ['event.parked', 'message.parked', 'delivery.parked', 'finding.refused']",
    'stats count(*) as times by message, code',
    'sort times desc',
  );
}

function foundAgain({ hydration, reconciliation, delivery }: Watched): IWidget {
  const reconcile = reconciliation.reconcile.contract;
  const { sweep, deliver } = delivery;
  return graph('Found and rung for again', [
    together(
      'records repaired (drift)',
      'SUM',
      hydration.functions.map(({ contract }) => counted(contract, 'RecordsRepaired')),
    ),
    counted(reconcile, 'FindingsSent', 'findings of reconcile'),
    counted(reconcile, 'Silence', 'silence'),
    counted(sweep.contract, 'VersionsRungAgain', 'versions rung again'),
    counted(sweep.contract, 'DeliveriesRungAgain', 'deliveries rung again'),
    counted(deliver.contract, 'GapsPassed', 'gaps passed'),
  ]);
}

function waiting({ hydration, intake }: Watched): IWidget {
  const sum = (metric: 'ReadsWaiting' | 'EventsPostponed', label: string) =>
    together(
      label,
      'SUM',
      hydration.functions.map(({ contract }) => counted(contract, metric)),
    );
  return graph('Put off, and undelivered by rules', [
    sum('ReadsWaiting', 'waiting for the quota'),
    sum('EventsPostponed', 'waiting for Partner Central'),
    ...(['FailedInvocations', 'InvocationsSentToDlq', 'InvocationsFailedToBeSentToDlq'] as const).map(
      (metric) =>
        together(
          metric,
          'SUM',
          intake.rules.map((rule) => ofRule(rule, metric, rule.node.id)),
        ),
    ),
  ]);
}
