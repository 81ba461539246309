import type { Series } from './metric-math.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** When an alarm fires, as its resource in the template says. */
export interface AlarmRule {
  readonly isBreaching: (value: number) => boolean;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
}

/**
 * How many periods CloudWatch reads for an alarm: more than it evaluates, so that real data points
 * can replace missing ones. AWS does not document the number; in its examples it is 5 for 3.
 */
export function evaluationRange({ evaluationPeriods }: Pick<AlarmRule, 'evaluationPeriods'>): number {
  return evaluationPeriods + 2;
}

/**
 * The state of an alarm after an evaluation. If at least `evaluationPeriods` data points are in the
 * range, the most recent ones decide. Otherwise `treatMissingData` fills as few as possible.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * @param points of the evaluation range, oldest first
 */
export function nextAlarmState(points: Series, rule: AlarmRule, current: AlarmState): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData, isBreaching } = rule;
  const real = points.filter((point) => point !== undefined);
  const breaching = real.slice(-evaluationPeriods).filter(isBreaching).length;
  const missing = Math.max(0, evaluationPeriods - real.length);
  const filled = treatMissingData === 'breaching' ? missing : 0;
  if (breaching + filled >= datapointsToAlarm) return 'ALARM';
  if (missing === 0 || treatMissingData === 'breaching' || treatMissingData === 'notBreaching') return 'OK';
  if (real.some((point) => !isBreaching(point))) return 'OK';
  if (treatMissingData === 'ignore') return current;
  return isOldEnough(points, datapointsToAlarm) ? 'ALARM' : 'INSUFFICIENT_DATA';
}

/** Whether the oldest data point is old enough to alarm, although the newer ones are missing. */
function isOldEnough(points: Series, datapointsToAlarm: number): boolean {
  const oldest = points.findIndex((point) => point !== undefined);
  return oldest !== -1 && points.length - oldest >= datapointsToAlarm;
}
