import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { RelayConfig } from '../../config.ts';
import type { Commands } from '../commands.ts';
import type { AlarmGroup } from './alarm-group.ts';
import { counterMetric, gaugeMetric } from './metrics.ts';
import { quotaWarningShare } from './notice-alarms.ts';
import { requeuePeriod, workAgeLimit } from './urgent-alarms.ts';

/** A condition that lasts for hours notifies once. */
const hourly = Duration.hours(1);

/** Adds the alarms about commands that an operator has to act on today. */
export function addUrgentCommandAlarms(urgent: AlarmGroup, { act }: Commands): void {
  urgent.addAlarm('CommandTooOld', {
    metric: gaugeMetric(act, 'CommandAge').with({ period: requeuePeriod }),
    threshold: { above: workAgeLimit.toSeconds() },
    periods: { breaching: 2, evaluated: 2 },
    // No value: no command is late, or act does not run, which WorkTooOld says.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'A command is more than an hour old, and waits neither for a review by AWS nor for an approval.',
  });
  urgent.addAlarm('CommandsDenied', {
    metric: counterMetric(act, 'CommandsDenied').with({ period: hourly }),
    threshold: { above: 0 },
    // No value: no write was denied.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'Partner Central denies a write without a reason of its own: a permission is missing, and the commands wait for it.',
  });
  urgent.addAlarm('ReviewStatusRegressed', {
    metric: counterMetric(act, 'ReviewStatusRegressed').with({ period: hourly }),
    threshold: { above: 0 },
    // No value: each review was as it was sent, or later.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning:
      'After a write, an opportunity has another review status than the one that was sent with it: the write may have taken a decision of AWS back.',
  });
}

/** Adds the alarms about commands that can wait for working hours. */
export function addNoticeCommandAlarms(
  notice: AlarmGroup,
  { act }: Commands,
  { writesPerDay }: Pick<RelayConfig, 'writesPerDay'>,
): void {
  notice.addAlarm('CommandsFailed', {
    metric: counterMetric(act, 'CommandsFailed').with({ period: hourly }),
    threshold: { above: 0 },
    // No value: no command failed.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'A command failed: Partner Central has not done what a client requested.',
  });
  notice.addAlarm('WritesNearlyUsed', {
    // Each request for a permit sends this metric, granted or not.
    metric: gaugeMetric(act, 'WritesUsedOfDay').with({ period: hourly }),
    threshold: { above: quotaWarningShare * writesPerDay },
    // No value: less than half of the limit is used, or nothing was written.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'More than 80 % of the writes that Partner Central allows in 24 hours are used.',
  });
}
