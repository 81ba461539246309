import { describe, expect, it } from 'vitest';
import { type AlarmRule, nextAlarmState } from '../../../local/drill/alarms/alarm-state.ts';

/** `0` does not breach, `X` breaches, `-` is missing, as AWS's documentation writes them. */
function stateOf(points: string, rule: Omit<AlarmRule, 'isBreaching'>) {
  const series = points.split(' ').map((each) => (each === '-' ? undefined : each === 'X' ? 1 : 0));
  return nextAlarmState(series, { ...rule, isBreaching: (value) => value > 0 });
}

describe('an alarm with missing data, in the examples of the documentation of CloudWatch', () => {
  it.each([
    [3, '0 - X - X', 'OK', 'OK'],
    [3, '0 - - - -', 'OK', 'OK'],
    [3, '- - - - -', 'ALARM', 'OK'],
    [3, '0 X X - X', 'ALARM', 'ALARM'],
    [3, '- - - - X', 'ALARM', 'OK'],
    [3, 'X - - - -', 'ALARM', 'OK'],
    [2, '0 - X - X', 'ALARM', 'ALARM'],
    [2, '0 0 X 0 X', 'ALARM', 'ALARM'],
    [2, '0 - X - -', 'ALARM', 'OK'],
    [2, '- - - - 0', 'ALARM', 'OK'],
    [2, '- - - - X', 'ALARM', 'OK'],
  ])('an alarm on %i of 3 points turns the points %s into %s or %s', (most, points, breaching, not) => {
    const rule = { evaluationPeriods: 3, datapointsToAlarm: most };
    expect(stateOf(points, { ...rule, treatMissingData: 'breaching' })).toBe(breaching);
    expect(stateOf(points, { ...rule, treatMissingData: 'notBreaching' })).toBe(not);
  });

  it('evaluates the most recent data point there is, so that an alarm without zeros lasts longer', () => {
    const rule = { evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: 'notBreaching' } as const;
    expect(stateOf('X - -', rule)).toBe('ALARM');
    expect(stateOf('- - -', rule)).toBe('OK');
  });
});
