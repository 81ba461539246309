import { describe, expect, it } from 'vitest';
import { type AlarmRule, type AlarmState, nextAlarmState } from '../../../local/drill/alarms/alarm-state.ts';

type Treatment = AlarmRule['treatMissingData'];

const treatments: readonly Treatment[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** `0` does not breach, `X` breaches, `-` is missing, as AWS's documentation writes them. */
function stateOf(
  points: string,
  datapointsToAlarm: number,
  treatMissingData: Treatment,
  current: AlarmState,
) {
  const series = points.split(' ').map((each) => (each === '-' ? undefined : each === 'X' ? 1 : 0));
  const rule = {
    evaluationPeriods: 3,
    datapointsToAlarm,
    treatMissingData,
    isBreaching: (value: number) => value > 0,
  };
  return nextAlarmState(series, rule, current);
}

/** The state that an alarm had before, which `ignore` retains in some of the cases. */
const retained = 'retained';

describe('an alarm with missing data, in the examples of the documentation of CloudWatch', () => {
  const insufficient = 'INSUFFICIENT_DATA';
  it.each([
    [3, '0 - X - X', 'OK', 'OK', 'OK', 'OK'],
    [3, '0 - - - -', 'OK', 'OK', 'OK', 'OK'],
    [3, '- - - - -', insufficient, retained, 'ALARM', 'OK'],
    [3, '0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    [3, '- - - - X', insufficient, retained, 'ALARM', 'OK'],
    [3, 'X - - - -', 'ALARM', retained, 'ALARM', 'OK'],
    [2, '0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    [2, '0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    [2, '0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
    [2, '- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
    [2, '- - - - X', insufficient, retained, 'ALARM', 'OK'],
  ])('an alarm on %i of 3 points turns the points %s into %s, %s, %s, %s', (most, points, ...expected) => {
    for (const current of ['OK', 'ALARM'] as const) {
      const states = treatments.map((treatment) => stateOf(points, most, treatment, current));
      expect(states).toEqual(expected.map((state) => (state === retained ? current : state)));
    }
  });

  it('evaluates the most recent data point there is, so that an alarm without zeros lasts longer', () => {
    const rule: AlarmRule = {
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
      isBreaching: (value) => value > 0,
    };
    expect(nextAlarmState([1, undefined, undefined], rule, 'ALARM')).toBe('ALARM');
    expect(nextAlarmState([undefined, undefined, undefined], rule, 'ALARM')).toBe('OK');
  });
});
