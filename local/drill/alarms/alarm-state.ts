import type { Series } from './metric-math.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** When an alarm fires, as its resource in the template says. */
export interface AlarmRule {
  readonly isBreaching: (value: number) => boolean;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: 'breaching' | 'notBreaching';
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
export function nextAlarmState(points: Series, rule: AlarmRule): 'OK' | 'ALARM' {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData, isBreaching } = rule;
  const real = points.filter((point) => point !== undefined).slice(-evaluationPeriods);
  const filled = treatMissingData === 'breaching' ? evaluationPeriods - real.length : 0;
  return real.filter(isBreaching).length + filled >= datapointsToAlarm ? 'ALARM' : 'OK';
}
