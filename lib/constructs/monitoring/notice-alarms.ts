import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { HydrateMetric } from '../../../lambdas/hydrate/contract.ts';
import type { RelayConfig } from '../../config.ts';
import type { AlarmGroup } from './alarm-group.ts';
import { combineMetrics, counterMetric, gaugeMetric } from './metrics.ts';
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
  const { contract: reconcile } = reconciliation.reconcile;
  const hydrating = hydration.functions.map(({ contract }) => contract);
  const sumOfHydrating = (label: string, name: HydrateMetric) =>
    combineMetrics(
      label,
      'SUM',
      hydrating.map((contract) => counterMetric(contract, name)),
      hourly,
    );
  notice.addAlarm('Drift', {
    metric: sumOfHydrating('Records repaired', 'RecordsRepaired'),
    threshold: { above: 0 },
    // No value: nothing was hydrated, so nothing was repaired.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'Reconciliation found changed records that no event had reported, and repaired them.',
  });
  notice.addAlarm('Silence', {
    metric: counterMetric(reconcile, 'Silence').with({ period: hourly }),
    threshold: { above: 0 },
    // Only the end of a pass emits this metric, so the alarm has to last until the next pass ends.
    periods: { breaching: 1, evaluated: Math.ceil(reconcileMinutes / hourly.toMinutes()) + 1 },
    // No value: no pass ended, so the state stays the same.
    treatMissingData: TreatMissingData.IGNORE,
    meaning:
      'Records change in Partner Central, but no event has arrived for days: events are probably not enabled there.',
  });
  notice.addAlarm('QuotaNearlyUsed', {
    metric: combineMetrics(
      'Reads in 24 hours',
      'MAX',
      [...hydrating, reconcile].map((contract) => gaugeMetric(contract, 'ReadsUsedOfDay')),
      // Every request for a permit emits this metric, granted or not. Waiting work requests again
      // every 15 minutes.
      hourly,
    ),
    threshold: { above: quotaWarningShare * readsPerDay },
    // No value: nothing was read.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'More than 80 % of the reads that Partner Central allows in 24 hours are used.',
  });
  notice.addAlarm('RowsUnreadable', {
    metric: combineMetrics(
      'Rows unreadable',
      'SUM',
      [delivery.fanOut.contract, delivery.deliver.contract, reconcile, ...hydrating].map((contract) =>
        counterMetric(contract, 'RowsUnreadable'),
      ),
      hourly,
    ),
    threshold: { above: 0 },
    // No value: no function read a row.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'A row of a table was edited by hand and is invalid, or of another message: it is set aside until it is repaired, or repaired on safe assumptions.',
  });
  notice.addAlarm('TimestampsUnreadable', {
    metric: combineMetrics(
      'Timestamps unreadable',
      'SUM',
      [reconcile, ...hydrating].map((contract) => counterMetric(contract, 'TimestampsUnreadable')),
      hourly,
    ),
    threshold: { above: 0 },
    // No value: no record and no list was read.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'Partner Central sent a timestamp that is not a valid date-time: the time of the read decides which state is newer.',
  });
  notice.addAlarm('DetailTypeDiscovered', {
    metric: counterMetric(quarantine.keep.contract, 'DetailTypesDiscovered'),
    threshold: { above: 0 },
    // No value: the quarantine runs for unknown events only.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'Partner Central sent an event of a new detail-type; the event is kept in the parked queue.',
  });
}
