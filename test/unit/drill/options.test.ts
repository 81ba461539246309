import { expect, it } from 'vitest';
import { drills } from '../../../local/drill/drills/drills.ts';
import { parseDrillOptions } from '../../../local/drill/options.ts';

it('the command plays all drills without a name, and else the named ones', () => {
  expect(parseDrillOptions([])).toEqual({ alarms: drills.map(({ alarm }) => alarm) });
  expect(parseDrillOptions(['Drift', 'SweepStopped'])).toEqual({ alarms: ['Drift', 'SweepStopped'] });
  expect(parseDrillOptions(['Drift', '--help'])).toBe('help');
});

it('an unknown name is an error that lists the drills', () => {
  const parsed = parseDrillOptions(['Drift', 'drift']);
  const problems = typeof parsed === 'object' && 'problems' in parsed ? parsed.problems : [];
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^drift: there is no such drill; allowed: .*\bDrift\b/);
});
