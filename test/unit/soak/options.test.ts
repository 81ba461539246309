import { expect, it } from 'vitest';
import { leaks, parseSoakOptions, usage } from '../../../local/soak/options.ts';

it('npm run soak gives every option a default', () => {
  expect(parseSoakOptions([])).toEqual({
    minutes: 20,
    eventsPerSecond: 5,
    seed: 1,
    json: false,
    leak: undefined,
  });
});

it('npm run soak reads every option from the command line', () => {
  const args = '--minutes 0.5 --per-second 10 --seed 3 --break memory --json'.split(' ');
  expect(parseSoakOptions(args)).toEqual({
    minutes: 0.5,
    eventsPerSecond: 10,
    seed: 3,
    json: true,
    leak: 'memory',
  });
});

it('npm run soak reports every invalid option with its value and what is allowed', () => {
  const args = ['--minutes', '0.1', '--per-second', 'many', '--seed', '1.5', '--break', 'everything'];
  expect(parseSoakOptions(args)).toEqual({
    problems: [
      '--minutes 0.1: a number of minutes from 0.2 to 1440 is allowed',
      '--per-second many: a whole number from 1 to 50 is allowed',
      '--seed 1.5: a whole number from 0 to 2147483648 is allowed',
      `--break everything: one of ${Object.keys(leaks).join(', ')} is allowed`,
    ],
  });
});

it.each(['', 'ten', '1e3', '0x10', '-5', '1441', 'Infinity'])(
  'npm run soak refuses --minutes "%s"',
  (minutes) => {
    expect(parseSoakOptions([`--minutes=${minutes}`])).toHaveProperty('problems');
  },
);

it('npm run soak refuses an unknown option', () => {
  expect(parseSoakOptions(['--hours', '1'])).toHaveProperty('problems');
});

it('the usage of npm run soak lists everything that --break can leave behind', () => {
  expect(parseSoakOptions(['--help'])).toBe('help');
  expect(Object.keys(leaks).filter((name) => !usage.includes(name))).toEqual([]);
});
