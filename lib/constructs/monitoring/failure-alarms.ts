import { Duration } from 'aws-cdk-lib';
import { type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Contract } from '../../../lambdas/runtime/contract.ts';
import type { ServiceFunction } from '../service-function.ts';
import type { AlarmGroup } from './alarm-group.ts';
import { combineMetrics, counterMetric, failedRequests, functionMetric } from './metrics.ts';
import type { MonitoredResources } from './monitored-resources.ts';

/** A pass that is refused is tried again after `relay:reconcileMinutes`, an hour by default. */
const refusalPeriod = Duration.hours(1);

/** Adds the alarms about functions that do not run, or fail. */
export function addStoppedAlarms(
  urgent: AlarmGroup,
  { reconciliation, delivery, commands, recordExport }: MonitoredResources,
): void {
  const { sweep, deliver } = delivery;
  const { reconcile } = reconciliation;
  const stopped = {
    threshold: { below: 1 },
    periods: { breaching: 3, evaluated: 3 },
    treatMissingData: TreatMissingData.BREACHING,
  } as const;
  urgent.addAlarm('SweepStopped', {
    metric: runsOf(sweep),
    ...stopped,
    meaning: 'The sweep has not run for 15 minutes, so work whose doorbell message was lost stays undone.',
  });
  urgent.addAlarm('ReconcileStopped', {
    metric: runsOf(reconcile),
    ...stopped,
    meaning:
      'Reconciliation has not run for 15 minutes, so changes that events missed are not found, no invitation is announced as expiring, and no reminder is sent.',
  });
  urgent.addAlarm('FunctionErrors', {
    metric: combineMetrics('Runs that failed', 'SUM', [
      // What a function of a queue fails to do is parked, and has an alarm. A scheduled function
      // leaves no message.
      functionMetric(sweep.function, 'Errors', 'sweep'),
      functionMetric(reconcile.function, 'Errors', 'reconcile'),
      ...(recordExport ? [functionMetric(recordExport.export.function, 'Errors', 'export')] : []),
      // The client gets an error, and no queue keeps the request. One metric counts both doors.
      ...(commands ? [failedRequests(commands.api, 'commands and door')] : []),
      // If a table or a secret cannot be read, the delivery gets a later due time: it is not
      // parked, and no age shows it.
      counterMetric(deliver, 'DeliveriesUnprepared'),
    ]),
    threshold: { above: 0 },
    // The next run makes up for a single failure. A second failure soon after is systematic.
    periods: { breaching: 2, evaluated: 3 },
    // No value: nothing failed, or nothing ran.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'Sweep, reconcile, commands, door or export keeps failing, or deliver cannot use its tables, secrets or event buses: a timeout, a missing permission or a malformed secret.',
  });
}

/**
 * Lambda sends no value for a period without invocations. It counts as 0 here: CloudWatch would
 * otherwise evaluate older values until those are out of range.
 */
function runsOf({ contract, function: lambda }: ServiceFunction<Contract>): IMetric {
  const runs = functionMetric(lambda, 'Invocations', contract.name);
  return combineMetrics(`Runs of ${contract.name}`, 'SUM', [runs]);
}

/** Adds the alarms about what Partner Central or an endpoint refuses permanently. */
export function addRefusedAlarms(urgent: AlarmGroup, { hydration, delivery }: MonitoredResources): void {
  urgent.addAlarm('RefusedByPartnerCentral', {
    metric: counterMetric(hydration.opportunity, 'ReadsRefused').with({ period: refusalPeriod }),
    threshold: { above: 0 },
    // No value: nothing was refused.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'Partner Central permanently refuses a list or the read of a record: a permission is missing, or the account is not linked, and what changed there is not stored.',
  });
  urgent.addAlarm('EndpointDisabled', {
    metric: counterMetric(delivery.deliver, 'EndpointsDisabled'),
    threshold: { above: 0 },
    // No value: no endpoint was disabled.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'An endpoint was disabled: it answered 410 Gone, or only failures for five days.',
  });
}
