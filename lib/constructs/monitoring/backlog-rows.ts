import { type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import {
  combineMetrics,
  counterMetric,
  functionMetric,
  gaugeMetric,
  queueMetric,
  ruleMetric,
} from './metrics.ts';
import {
  listEventQueues,
  listFunctions,
  listQueues,
  type MonitoredResources,
} from './monitored-resources.ts';
import { workAgeLimit } from './urgent-alarms.ts';
import { graphWidget, logTableWidget, sectionHeading } from './widgets.ts';

/** The age of the oldest work at each step, what was parked, and what had to be repaired. */
export function buildBacklogRows(resources: MonitoredResources): IWidget[][] {
  return [
    sectionHeading(
      'Is anything lost or late?',
      'Normally work waits for minutes at most, parked queues are empty, and few repairs are needed.',
    ),
    [workAgeWidget(resources), latencyWidget(resources), parkedWidget(resources)],
    [parkedReasonsWidget(resources), repairsWidget(resources), postponedWidget(resources)],
  ];
}

function workAgeWidget(resources: MonitoredResources): IWidget {
  const { delivery } = resources;
  const iteratorAge = functionMetric(delivery.fanOut.function, 'IteratorAge', 'stream', 'Maximum');
  return graphWidget(
    'Oldest work at each step',
    [
      ...listEventQueues(resources).map(([name, { queue }]) =>
        queueMetric(queue, 'ApproximateAgeOfOldestMessage', `queue ${name}`),
      ),
      new MathExpression({
        expression: 'age / 1000',
        usingMetrics: { age: iteratorAge },
        label: 'stream to fan-out',
      }),
      gaugeMetric(
        delivery.sweep,
        'OldestWorkAge',
        'Maximum',
        'events, versions, deliveries and lines that are late',
      ),
    ],
    { unit: 'seconds', thresholds: [{ value: workAgeLimit.toSeconds(), label: 'WorkTooOld' }] },
  );
}

function latencyWidget({ delivery }: MonitoredResources): IWidget {
  return graphWidget(
    'From event to delivered',
    ['p50', 'p95', 'p99'].map((percentile) =>
      gaugeMetric(delivery.deliver, 'DeliveryLatency', percentile, percentile),
    ),
    { unit: 'milliseconds' },
  );
}

function parkedWidget(resources: MonitoredResources): IWidget {
  return graphWidget(
    'Parked, by queue',
    [
      ...listQueues(resources).map(([name, { parked }]) =>
        queueMetric(parked, 'ApproximateNumberOfMessagesVisible', name),
      ),
      queueMetric(
        resources.quarantine.kept,
        'ApproximateNumberOfMessagesVisible',
        'kept for a later release',
      ),
    ],
    { stacked: true },
  );
}

function parkedReasonsWidget(resources: MonitoredResources): IWidget {
  return logTableWidget(
    'Parked, by reason',
    listFunctions(resources).map(({ logGroup }) => logGroup),
    "filter message in ['event.parked', 'message.parked', 'delivery.parked', 'finding.refused']",
    'stats count(*) as times by message, code',
    'sort times desc',
  );
}

function repairsWidget({ hydration, reconciliation, delivery }: MonitoredResources): IWidget {
  const { reconcile } = reconciliation;
  const { sweep, deliver } = delivery;
  return graphWidget('Repairs: what events and doorbells missed', [
    counterMetric(hydration.opportunity, 'RecordsRepaired', 'records repaired (drift)'),
    counterMetric(reconcile, 'FindingsSent', 'findings of reconcile'),
    counterMetric(reconcile, 'Silence', 'silence'),
    counterMetric(sweep, 'VersionsSignalledAgain', 'versions signalled again'),
    counterMetric(sweep, 'DeliveriesSignalledAgain', 'deliveries signalled again'),
    counterMetric(sweep, 'LinesSignalledAgain', 'lines of commands signalled again'),
    counterMetric(deliver, 'GapsPassed', 'gaps passed'),
  ]);
}

function postponedWidget({ hydration, intake }: MonitoredResources): IWidget {
  return graphWidget('Postponed, and undelivered by rules', [
    counterMetric(hydration.opportunity, 'ReadsWaiting', 'waiting for the quota'),
    counterMetric(hydration.opportunity, 'EventsPostponed', 'waiting for Partner Central'),
    ...(['FailedInvocations', 'InvocationsSentToDlq', 'InvocationsFailedToBeSentToDlq'] as const).map(
      (metric) =>
        combineMetrics(
          metric,
          'SUM',
          intake.rules.map((rule) => ruleMetric(rule, metric, rule.node.id)),
        ),
    ),
  ]);
}
