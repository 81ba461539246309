import { Duration } from 'aws-cdk-lib';
import { type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { counted, level, ofFunction, ofQueue, ofRule, together } from './relay-metrics.ts';
import type { Severity } from './severity.ts';
import { allFunctions, allQueues, eventQueues, type Watched } from './watched.ts';

/** Where nothing is broken and the quota not used up, work waits for minutes. */
export const tooOld = Duration.hours(1);

/** Old work that waits is put off by a queue, for 15 minutes at most, and tells its age when it comes back: in each of these. */
const comesBack = Duration.minutes(20);

/** Short of the 24 hours that a stream keeps its records, and long enough for a shard to have failed its retries. */
const streamTooOld = Duration.minutes(15);

/** What nobody works on any more, or nobody in time: somebody has to act today. */
export function addUrgentAlarms(urgent: Severity, watched: Watched): void {
  addLostAlarms(urgent, watched);
  addLateAlarms(urgent, watched);
  addFailingAlarms(urgent, watched);
}

function addLostAlarms(urgent: Severity, watched: Watched): void {
  urgent.add('Parked', {
    metric: together('Parked messages', 'SUM', [
      ...allQueues(watched).flatMap(([name, guarded]) =>
        // The quarantine keeps what a release may read one day. What of it is malformed is counted when it comes.
        guarded === watched.quarantine.events
          ? []
          : [ofQueue(guarded.parked, 'ApproximateNumberOfMessagesVisible', name)],
      ),
      counted(watched.quarantine.keep.contract, 'EventsParked', 'malformed'),
    ]),
    goesOff: { above: 0 },
    // SQS tells nothing of a queue that has been empty for hours.
    missing: TreatMissingData.NOT_BREACHING,
    means: 'Work was given up and lies in a parked queue, where it is kept for 14 days.',
  });
  urgent.add('RulesUndelivered', {
    metric: together(
      'Events that no queue took',
      'SUM',
      watched.intake.rules.flatMap((rule) => [
        ofRule(rule, 'InvocationsSentToDlq', `${rule.node.id}, parked`),
        ofRule(rule, 'InvocationsFailedToBeSentToDlq', `${rule.node.id}, lost`),
      ]),
    ),
    goesOff: { above: 0 },
    // EventBridge tells of these only where there are some.
    missing: TreatMissingData.NOT_BREACHING,
    means:
      'EventBridge could not put an event on its queue; it was parked, or lost until it is found in a list.',
  });
}

function addLateAlarms(urgent: Severity, watched: Watched): void {
  const { delivery } = watched;
  urgent.add('WorkTooOld', {
    metric: together('Seconds that the oldest work has waited', 'MAX', ages(watched), comesBack),
    goesOff: { above: tooOld.toSeconds() },
    // What an operator redrives is old too, and is done by the second time.
    again: { in: 2, of: 2 },
    // No work is no old work; that nobody looks any more is what SweepStopped says.
    missing: TreatMissingData.NOT_BREACHING,
    means: 'An event, a version or a delivery that is due has waited for more than an hour.',
  });
  urgent.add('StreamBehind', {
    metric: ofFunction(delivery.fanOut.function, 'IteratorAge', 'fan-out', 'Maximum'),
    goesOff: { above: streamTooOld.toMilliseconds() },
    // Lambda tells an age only with records: no new version, no age.
    missing: TreatMissingData.NOT_BREACHING,
    means: 'Fan-out hears of new versions more than 15 minutes late, so webhooks wait for the sweep.',
  });
  urgent.add('SweepStopped', {
    metric: ofFunction(delivery.sweep.function, 'Invocations', 'sweep'),
    goesOff: { below: 1 },
    again: { in: 3, of: 3 },
    // It is called every minute: nothing heard of it is the very thing.
    missing: TreatMissingData.BREACHING,
    means: 'For 15 minutes nobody has looked for work that is due and was not rung for.',
  });
}

function ages(watched: Watched): Metric[] {
  const { hydration, delivery } = watched;
  const sweep = delivery.sweep.contract;
  return [
    ...hydration.functions.map(({ contract }) => level(contract, 'OldestEventAge')),
    // Where a function does not run at all, only its queue knows how old the work is.
    ...eventQueues(watched).map(([name, { queue }]) =>
      ofQueue(queue, 'ApproximateAgeOfOldestMessage', `queue ${name}`),
    ),
    level(sweep, 'OldestVersionOverdue', 'Maximum', 'versions'),
    level(sweep, 'OldestDeliveryOverdue', 'Maximum', 'deliveries'),
  ];
}

function addFailingAlarms(urgent: Severity, watched: Watched): void {
  urgent.add('FunctionErrors', {
    metric: together('Invocations that failed', 'SUM', [
      ...allFunctions(watched).map(({ contract, function: lambda }) =>
        ofFunction(lambda, 'Errors', contract.name),
      ),
      // A store or a secret that refuses is no error of the invocation, and moves the due time: no age would tell of it.
      counted(watched.delivery.deliver.contract, 'DeliveriesUnprepared'),
    ]),
    goesOff: { above: 0 },
    // One failure is made good by the next invocation; a second one soon after is no accident.
    again: { in: 2, of: 3 },
    // A function that was not called did not fail.
    missing: TreatMissingData.NOT_BREACHING,
    means:
      'Invocations of a function keep failing, or deliver cannot read what it needs: a timeout, a missing permission.',
  });
  urgent.add('EndpointDisabled', {
    metric: counted(watched.delivery.deliver.contract, 'EndpointsDisabled'),
    goesOff: { above: 0 },
    // Nothing delivered, nobody disabled.
    missing: TreatMissingData.NOT_BREACHING,
    means:
      'An endpoint is sent nothing any more: it answered 410 Gone, or nothing but failures for five days.',
  });
}
