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

/** Work waits for minutes at most, unless something is broken or the quota is used up. */
export const workAgeLimit = Duration.hours(1);

/**
 * A function postpones work by 15 minutes at most, and emits the age of the work at each receive.
 * So there is a value in every period of 20 minutes in which work waits.
 */
const requeuePeriod = Duration.minutes(20);

/**
 * Far below the 24 hours for which a stream keeps its records, and longer than all retries of a
 * failing batch take.
 */
const streamAgeLimit = Duration.minutes(15);

/** Adds the alarms that an operator has to act on today. */
export function addUrgentAlarms(urgent: AlarmGroup, resources: MonitoredResources): void {
  addLostAlarms(urgent, resources);
  addLateAlarms(urgent, resources);
  addFailingAlarms(urgent, resources);
}

function addLostAlarms(urgent: AlarmGroup, resources: MonitoredResources): void {
  urgent.addAlarm('Parked', {
    metric: combineMetrics('Parked messages', 'SUM', [
      ...listQueues(resources).flatMap(([name, guarded]) =>
        // Quarantined events wait for a later release. Malformed ones are counted on arrival,
        // below.
        guarded === resources.quarantine.events
          ? []
          : [queueMetric(guarded.parked, 'ApproximateNumberOfMessagesVisible', name)],
      ),
      counterMetric(resources.quarantine.keep.contract, 'EventsParked', 'malformed'),
    ]),
    threshold: { above: 0 },
    // No value: SQS emits no metrics for a queue that has been empty for hours.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'A function gave up work and parked it in a queue, which keeps it for 14 days.',
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
    // No value: EventBridge emits these metrics only if they are not 0.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'EventBridge could not send an event to its queue; it was parked, or is lost until reconciliation finds the change.',
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
    // Redriven work is old too. It is finished before it can breach a second period.
    periods: { breaching: 2, evaluated: 2 },
    // No value: there is no work. A stopped sweep has its own alarm, SweepStopped.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'An event, a version or a delivery is more than an hour overdue.',
  });
  urgent.addAlarm('StreamBehind', {
    metric: functionMetric(delivery.fanOut.function, 'IteratorAge', 'fan-out', 'Maximum'),
    threshold: { above: streamAgeLimit.toMilliseconds() },
    // No value: there is no new version.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'Fan-out receives new versions more than 15 minutes late, so webhooks wait for the sweep.',
  });
  urgent.addAlarm('SweepStopped', {
    metric: functionMetric(delivery.sweep.function, 'Invocations', 'sweep'),
    threshold: { below: 1 },
    periods: { breaching: 3, evaluated: 3 },
    // No value: the schedule did not invoke it, which is what this alarm reports.
    treatMissingData: TreatMissingData.BREACHING,
    meaning: 'The sweep has not run for 15 minutes, so work whose doorbell message was lost stays undone.',
  });
}

function workAgeMetrics(resources: MonitoredResources): Metric[] {
  const { hydration, delivery } = resources;
  const sweep = delivery.sweep.contract;
  return [
    ...hydration.functions.map(({ contract }) => gaugeMetric(contract, 'OldestEventAge')),
    // If a function does not run at all, only its queue knows the age of the work.
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
      // If a table or a secret cannot be read, the invocation succeeds and the delivery gets a
      // later due time. Neither `Errors` nor an age shows that.
      counterMetric(resources.delivery.deliver.contract, 'DeliveriesUnprepared'),
    ]),
    threshold: { above: 0 },
    // The next invocation makes up for a single failure. A second failure soon after is systematic.
    periods: { breaching: 2, evaluated: 3 },
    // No value: the function was not invoked.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'Invocations of a function keep failing, or deliver cannot use its tables, secrets or event buses: a timeout, a missing permission or a malformed secret.',
  });
  urgent.addAlarm('EndpointDisabled', {
    metric: counterMetric(resources.delivery.deliver.contract, 'EndpointsDisabled'),
    threshold: { above: 0 },
    // No value: nothing was delivered.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'An endpoint was disabled: it answered 410 Gone, or only failures for five days.',
  });
}
