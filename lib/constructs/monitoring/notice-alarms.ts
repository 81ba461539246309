import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { RelayConfig } from '../../config.ts';
import { counted, level, together } from './relay-metrics.ts';
import type { Severity } from './severity.ts';
import type { Watched } from './watched.ts';

/** Long enough that what goes on for hours is told once. */
const hourly = Duration.hours(1);

/** Of the reads of 24 hours. It is where `reconcile` stops, so that events have the rest. */
export const nearlyUsed = 0.8;

/** What is worth knowing and can wait until somebody is at work. */
export function addNoticeAlarms(
  notice: Severity,
  { hydration, reconciliation, quarantine }: Watched,
  { readsPerDay, reconcileMinutes }: Pick<RelayConfig, 'readsPerDay' | 'reconcileMinutes'>,
): void {
  const { contract: reconcile } = reconciliation.reconcile;
  const hydrating = hydration.functions.map(({ contract }) => contract);
  notice.add('Drift', {
    metric: together(
      'Records repaired',
      'SUM',
      hydrating.map((contract) => counted(contract, 'RecordsRepaired')),
      hourly,
    ),
    goesOff: { above: 0 },
    // Nothing hydrated, nothing repaired.
    missing: TreatMissingData.NOT_BREACHING,
    means: 'Partner Central had changed records of which no event told; they were found and repaired.',
  });
  notice.add('Silence', {
    metric: counted(reconcile, 'Silence').with({ period: hourly }),
    goesOff: { above: 0 },
    // Only the end of a pass tells it: it holds until the next one has ended.
    again: { in: 1, of: Math.ceil(reconcileMinutes / hourly.toMinutes()) + 1 },
    // Nobody has looked, so it is what it was.
    missing: TreatMissingData.IGNORE,
    means: 'Partner Central changes, but no event has come for days: events are probably not enabled there.',
  });
  notice.add('QuotaNearlyUsed', {
    metric: together(
      'Reads in 24 hours',
      'MAX',
      [...hydrating, reconcile].map((contract) => level(contract, 'ReadsUsedOfDay')),
      // Told by whoever asks for reads, granted or not; what waits asks again every quarter of an hour.
      hourly,
    ),
    goesOff: { above: nearlyUsed * readsPerDay },
    // Whoever reads tells it: nothing read, nothing used.
    missing: TreatMissingData.NOT_BREACHING,
    means: 'More than 80 % of the reads that Partner Central allows in 24 hours are used.',
  });
  notice.add('DetailTypeDiscovered', {
    metric: counted(quarantine.keep.contract, 'DetailTypesDiscovered'),
    goesOff: { above: 0 },
    // The quarantine is called for unknown events only.
    missing: TreatMissingData.NOT_BREACHING,
    means: 'Partner Central sent a detail-type that was never seen before; it is kept in the parked queue.',
  });
}
