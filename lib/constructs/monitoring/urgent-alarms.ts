import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmGroup } from './alarm-group.ts';
import { addRefusedAlarms, addStoppedAlarms } from './failure-alarms.ts';
import { combineMetrics, functionMetric, gaugeMetric, queueMetric, ruleMetric } from './metrics.ts';
import { listHydrationQueues, listQueues, type MonitoredResources } from './monitored-resources.ts';

/** Work waits for minutes at most, unless something is broken or the quota is used up. */
export const workAgeLimit = Duration.hours(1);

/**
 * A function postpones work by 15 minutes at most, and sends the age of late work at each receive.
 * So there is a value in every period of 20 minutes in which work waits.
 */
export const requeuePeriod = Duration.minutes(20);

/**
 * Far below the 24 hours for which a stream keeps its records, and longer than all retries of a
 * failing batch take.
 */
const streamAgeLimit = Duration.minutes(15);

/** Adds the alarms that an operator has to act on today. */
export function addUrgentAlarms(urgent: AlarmGroup, resources: MonitoredResources): void {
  addParkedAlarms(urgent, resources);
  addLateAlarms(urgent, resources);
  addStoppedAlarms(urgent, resources);
  addRefusedAlarms(urgent, resources);
}

/** One for each queue, so that the first parked message hides no other. */
function addParkedAlarms(urgent: AlarmGroup, resources: MonitoredResources): void {
  for (const [name, { parked }] of listQueues(resources)) {
    urgent.addAlarm(parkedAlarm(name), {
      metric: queueMetric(parked, 'ApproximateNumberOfMessagesVisible', name),
      threshold: { above: 0 },
      // No value: SQS sends no metrics for a queue that has been empty for hours.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      meaning: `Work of the queue ${name} was given up and parked, which keeps it for 14 days.`,
    });
  }
  urgent.addAlarm('RulesUndelivered', {
    metric: combineMetrics(
      'Events that no queue took',
      'SUM',
      // What a rule parks is in an alarm above.
      resources.intake.rules.map((rule) => ruleMetric(rule, 'InvocationsFailedToBeSentToDlq', rule.node.id)),
    ),
    threshold: { above: 0 },
    // No value: EventBridge sends this metric only if it is not 0.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'EventBridge could send an event neither to its queue nor to the parked queue; it is lost until reconciliation finds the change.',
  });
}

/** `ParkedFanOut` for the queue `fan-out`. */
function parkedAlarm(queueName: string): string {
  const words = ['parked', ...queueName.split('-')];
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}

function addLateAlarms(urgent: AlarmGroup, resources: MonitoredResources): void {
  const { delivery } = resources;
  urgent.addAlarm('WorkTooOld', {
    metric: combineMetrics(
      'Seconds that the oldest work has waited',
      'MAX',
      [
        gaugeMetric(delivery.sweep, 'OldestWorkAge'),
        // If a function does not run at all, only its queue knows the age of the work.
        ...listHydrationQueues(resources).map(([name, { queue }]) =>
          queueMetric(queue, 'ApproximateAgeOfOldestMessage', `queue ${name}`),
        ),
      ],
      requeuePeriod,
    ),
    threshold: { above: workAgeLimit.toSeconds() },
    // Redriven work is old too. It is finished before it can breach a second period.
    periods: { breaching: 2, evaluated: 2 },
    // No value: no work is late. A stopped sweep has its own alarm, SweepStopped.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'An event, a version, a delivery or a command is more than an hour overdue.',
  });
  urgent.addAlarm('StreamBehind', {
    metric: functionMetric(delivery.fanOut.function, 'IteratorAge', 'fan-out', 'Maximum'),
    threshold: { above: streamAgeLimit.toMilliseconds() },
    // No value: there is no new version.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'Fan-out receives new versions more than 15 minutes late, so webhooks wait for the sweep.',
  });
}
