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
    ['SUM([FILL(a, 0)])', [1, 0, 3]],
    ['SUM([FILL(a, 0), FILL(b, 0)])', [11, 20, 3]],
    ['MAX([FILL(a, 0), FILL(b, 0)])', [10, 20, 3]],
  ])('calculates %s as %j', (expression, expected) => {
    expect(evaluate(expression)).toEqual(expected);
  });

  it.each([
    'RATE(a)',
    'SUM([a, b])',
    'SUM([FILL(a, 0), FILL(b, 1)])',
    'MIN([FILL(a, 0)])',
    'MAX([FILL(a, 0)',
    'a + 1',
    '3',
    '',
  ])('refuses "%s", which no alarm uses, and says what an alarm may use', (expression) => {
    expect(() => evaluate(expression)).toThrow(
      `${expression}: an expression of an alarm must be id, SUM([FILL(id, 0), …]) or MAX([FILL(id, 0), …])`,
    );
  });
});
