import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Contract } from '../../../lambdas/runtime/contract.ts';
import type { RelayConfig } from '../../config.ts';
import type { ServiceFunction } from '../service-function.ts';
import type { AlarmGroup } from './alarm-group.ts';
import { counterMetric, gaugeMetric } from './metrics.ts';
import type { MonitoredResources } from './monitored-resources.ts';

/** One hour, so that a condition that lasts for hours notifies once. */
const hourly = Duration.hours(1);

/** Share of the daily reads at which `reconcile` stops, to leave the rest for events. */
export const quotaWarningShare = 0.8;

/** Adds the alarms that can wait for working hours. */
export function addNoticeAlarms(
  notice: AlarmGroup,
  { hydration, reconciliation, quarantine, delivery }: MonitoredResources,
  { readsPerDay, reconcileMinutes }: Pick<RelayConfig, 'readsPerDay' | 'reconcileMinutes'>,
): void {
  const { opportunity } = hydration;
  const { reconcile } = reconciliation;
  const countPerHour = <C extends Contract>(source: ServiceFunction<C>, name: C['metrics'][number]) =>
    counterMetric(source, name).with({ period: hourly });
  notice.addAlarm('Drift', {
    metric: countPerHour(opportunity, 'RecordsRepaired'),
    threshold: { above: 0 },
    // No value: nothing was repaired.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'Reconciliation found changed records that no event had reported, and repaired them.',
  });
  notice.addAlarm('Silence', {
    metric: countPerHour(reconcile, 'Silence'),
    threshold: { above: 0 },
    // Only the end of a pass sends this metric, so the alarm has to last until the next pass ends.
    periods: { breaching: 1, evaluated: Math.ceil(reconcileMinutes / hourly.toMinutes()) + 1 },
    // No value: the passes of that time found events, or no change.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'Records change in Partner Central, but no event has arrived for days: events are probably not enabled there.',
  });
  notice.addAlarm('QuotaNearlyUsed', {
    // Each request for a permit sends this metric, granted or not.
    metric: gaugeMetric(reconcile, 'ReadsUsedOfDay').with({ period: hourly }),
    threshold: { above: quotaWarningShare * readsPerDay },
    // Passes that are refused wait for hours until reads are free again, and request nothing.
    periods: { breaching: 1, evaluated: 24 },
    // No value: less than half of the limit is used, or nothing was read.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'More than 80 % of the reads that Partner Central allows in 24 hours are used.',
  });
  notice.addAlarm('RowsUnreadable', {
    metric: countPerHour(delivery.deliver, 'RowsUnreadable'),
    threshold: { above: 0 },
    // No value: no function read an invalid row.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'A row of a table was edited by hand and is invalid, or of another message: it is set aside until it is repaired, or repaired on safe assumptions.',
  });
  notice.addAlarm('TimestampsUnreadable', {
    metric: countPerHour(reconcile, 'TimestampsUnreadable'),
    threshold: { above: 0 },
    // No value: each timestamp that was read is valid.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'Partner Central sent a timestamp that is not a valid date-time: the time of the read decides which state is newer.',
  });
  notice.addAlarm('DetailTypeDiscovered', {
    metric: counterMetric(quarantine.keep, 'DetailTypesDiscovered'),
    threshold: { above: 0 },
    // No value: no event of a new detail-type.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'Partner Central sent an event of a new detail-type; the event is kept in the queue `kept`.',
  });
}
