import { describe, expect, it } from 'vitest';
import { parseMetricMath, type Series } from '../../../local/drill/alarms/metric-math.ts';

const series: Readonly<Record<string, Series>> = {
  a: [1, undefined, 3],
  b: [10, 20, undefined],
};

function evaluate(expression: string): Series {
  return parseMetricMath(expression).evaluate((id) => series[id] ?? []);
}

describe('metric math', () => {
  it.each<readonly [string, Series]>([
    ['a', [1, undefined, 3]],
    ['SUM([FILL(a, 0), FILL(b, 0)])', [11, 20, 3]],
    ['SUM([a, b])', [11, undefined, undefined]],
    ['MAX([FILL(a, 0), FILL(b, 0)])', [10, 20, 3]],
    ['a / 2 + 1', [1.5, undefined, 2.5]],
    ['2 * (FILL(a, 1) - 1)', [0, 0, 4]],
  ])('calculates %s as %j', (expression, expected) => {
    expect(evaluate(expression)).toEqual(expected);
  });

  it.each([
    ['RATE(a)', 'the function RATE is not supported. Supported: SUM, MAX, FILL'],
    ['SUM([a, b)', 'SUM([a, b): ) is not expected here'],
    ['a +', 'a +: the end is not expected here'],
    ['a b', 'a b: b is not expected here'],
    ['3', '3 is a number, not one time series'],
    ['[a, b]', '[a, b] is a list, not one time series'],
  ])('refuses %s', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });
});
