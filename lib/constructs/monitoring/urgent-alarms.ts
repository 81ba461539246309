import { Duration } from 'aws-cdk-lib';
import { type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmGroup } from './alarm-group.ts';
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

/** Where nothing is broken and the quota not used up, work waits for minutes. */
export const workAgeLimit = Duration.hours(1);

/** Old work that waits is put off by a queue, for 15 minutes at most, and tells its age when it comes back: in each of these. */
const requeuePeriod = Duration.minutes(20);

/** Short of the 24 hours that a stream keeps its records, and long enough for a shard to have failed its retries. */
const streamAgeLimit = Duration.minutes(15);

/** What nobody works on any more, or nobody in time: somebody has to act today. */
export function addUrgentAlarms(urgent: AlarmGroup, resources: MonitoredResources): void {
  addLostAlarms(urgent, resources);
  addLateAlarms(urgent, resources);
  addFailingAlarms(urgent, resources);
}

function addLostAlarms(urgent: AlarmGroup, resources: MonitoredResources): void {
  urgent.addAlarm('Parked', {
    metric: combineMetrics('Parked messages', 'SUM', [
      ...listQueues(resources).flatMap(([name, guarded]) =>
        // The quarantine keeps what a release may read one day. What of it is malformed is counted when it comes.
        guarded === resources.quarantine.events
          ? []
          : [queueMetric(guarded.parked, 'ApproximateNumberOfMessagesVisible', name)],
      ),
      counterMetric(resources.quarantine.keep.contract, 'EventsParked', 'malformed'),
    ]),
    threshold: { above: 0 },
    // SQS tells nothing of a queue that has been empty for hours.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'Work was given up and lies in a parked queue, where it is kept for 14 days.',
  });
  urgent.addAlarm('RulesUndelivered', {
    metric: combineMetrics(
      'Events that no queue took',
      'SUM',
      resources.intake.rules.flatMap((rule) => [
        ruleMetric(rule, 'InvocationsSentToDlq', `${rule.node.id}, parked`),
        ruleMetric(rule, 'InvocationsFailedToBeSentToDlq', `${rule.node.id}, lost`),
      ]),
    ),
    threshold: { above: 0 },
    // EventBridge tells of these only where there are some.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'EventBridge could not put an event on its queue; it was parked, or lost until it is found in a list.',
  });
}

function addLateAlarms(urgent: AlarmGroup, resources: MonitoredResources): void {
  const { delivery } = resources;
  urgent.addAlarm('WorkTooOld', {
    metric: combineMetrics(
      'Seconds that the oldest work has waited',
      'MAX',
      workAgeMetrics(resources),
      requeuePeriod,
    ),
    threshold: { above: workAgeLimit.toSeconds() },
    // What an operator redrives is old too, and is done by the second time.
    again: { in: 2, of: 2 },
    // No work is no old work; that nobody looks any more is what SweepStopped says.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'An event, a version or a delivery that is due has waited for more than an hour.',
  });
  urgent.addAlarm('StreamBehind', {
    metric: functionMetric(delivery.fanOut.function, 'IteratorAge', 'fan-out', 'Maximum'),
    threshold: { above: streamAgeLimit.toMilliseconds() },
    // Lambda tells an age only with records: no new version, no age.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'Fan-out hears of new versions more than 15 minutes late, so webhooks wait for the sweep.',
  });
  urgent.addAlarm('SweepStopped', {
    metric: functionMetric(delivery.sweep.function, 'Invocations', 'sweep'),
    threshold: { below: 1 },
    again: { in: 3, of: 3 },
    // It is called every minute: nothing heard of it is the very thing.
    treatMissingData: TreatMissingData.BREACHING,
    meaning: 'For 15 minutes nobody has looked for work that is due and was not rung for.',
  });
}

function workAgeMetrics(resources: MonitoredResources): Metric[] {
  const { hydration, delivery } = resources;
  const sweep = delivery.sweep.contract;
  return [
    ...hydration.functions.map(({ contract }) => gaugeMetric(contract, 'OldestEventAge')),
    // Where a function does not run at all, only its queue knows how old the work is.
    ...listEventQueues(resources).map(([name, { queue }]) =>
      queueMetric(queue, 'ApproximateAgeOfOldestMessage', `queue ${name}`),
    ),
    gaugeMetric(sweep, 'OldestVersionOverdue', 'Maximum', 'versions'),
    gaugeMetric(sweep, 'OldestDeliveryOverdue', 'Maximum', 'deliveries'),
  ];
}

function addFailingAlarms(urgent: AlarmGroup, resources: MonitoredResources): void {
  urgent.addAlarm('FunctionErrors', {
    metric: combineMetrics('Invocations that failed', 'SUM', [
      ...listFunctions(resources).map(({ contract, function: lambda }) =>
        functionMetric(lambda, 'Errors', contract.name),
      ),
      // A store or a secret that refuses is no error of the invocation, and moves the due time: no age would tell of it.
      counterMetric(resources.delivery.deliver.contract, 'DeliveriesUnprepared'),
    ]),
    threshold: { above: 0 },
    // One failure is made good by the next invocation; a second one soon after is no accident.
    again: { in: 2, of: 3 },
    // A function that was not called did not fail.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'Invocations of a function keep failing, or deliver cannot read what it needs: a timeout, a missing permission.',
  });
  urgent.addAlarm('EndpointDisabled', {
    metric: counterMetric(resources.delivery.deliver.contract, 'EndpointsDisabled'),
    threshold: { above: 0 },
    // Nothing delivered, nobody disabled.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'An endpoint is sent nothing any more: it answered 410 Gone, or nothing but failures for five days.',
  });
}
