import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { RelayConfig } from '../../config.ts';
import type { AlarmGroup } from './alarm-group.ts';
import { combineMetrics, counterMetric, gaugeMetric } from './metrics.ts';
import type { MonitoredResources } from './monitored-resources.ts';

/** Long enough that what goes on for hours is told once. */
const hourly = Duration.hours(1);

/** Of the reads of 24 hours. It is where `reconcile` stops, so that events have the rest. */
export const quotaWarningShare = 0.8;

/** What is worth knowing and can wait until somebody is at work. */
export function addNoticeAlarms(
  notice: AlarmGroup,
  { hydration, reconciliation, quarantine }: MonitoredResources,
  { readsPerDay, reconcileMinutes }: Pick<RelayConfig, 'readsPerDay' | 'reconcileMinutes'>,
): void {
  const { contract: reconcile } = reconciliation.reconcile;
  const hydrating = hydration.functions.map(({ contract }) => contract);
  notice.addAlarm('Drift', {
    metric: combineMetrics(
      'Records repaired',
      'SUM',
      hydrating.map((contract) => counterMetric(contract, 'RecordsRepaired')),
      hourly,
    ),
    threshold: { above: 0 },
    // Nothing hydrated, nothing repaired.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'Partner Central had changed records of which no event told; they were found and repaired.',
  });
  notice.addAlarm('Silence', {
    metric: counterMetric(reconcile, 'Silence').with({ period: hourly }),
    threshold: { above: 0 },
    // Only the end of a pass tells it: it holds until the next one has ended.
    again: { in: 1, of: Math.ceil(reconcileMinutes / hourly.toMinutes()) + 1 },
    // Nobody has looked, so it is what it was.
    treatMissingData: TreatMissingData.IGNORE,
    meaning:
      'Partner Central changes, but no event has come for days: events are probably not enabled there.',
  });
  notice.addAlarm('QuotaNearlyUsed', {
    metric: combineMetrics(
      'Reads in 24 hours',
      'MAX',
      [...hydrating, reconcile].map((contract) => gaugeMetric(contract, 'ReadsUsedOfDay')),
      // Told by whoever asks for reads, granted or not; what waits asks again every quarter of an hour.
      hourly,
    ),
    threshold: { above: quotaWarningShare * readsPerDay },
    // Whoever reads tells it: nothing read, nothing used.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'More than 80 % of the reads that Partner Central allows in 24 hours are used.',
  });
  notice.addAlarm('DetailTypeDiscovered', {
    metric: counterMetric(quarantine.keep.contract, 'DetailTypesDiscovered'),
    threshold: { above: 0 },
    // The quarantine is called for unknown events only.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'Partner Central sent a detail-type that was never seen before; it is kept in the parked queue.',
  });
}
