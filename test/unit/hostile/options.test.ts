import { expect, it } from 'vitest';
import { parseHostileOptions, safeguards, usage } from '../../../local/hostile/options.ts';

it('npm run hostile gives every option a default', () => {
  expect(parseHostileOptions([])).toEqual({ requests: 10_000, seed: 1, json: false, broken: undefined });
});

it('npm run hostile reads every option from the command line', () => {
  expect(parseHostileOptions('--requests 500 --seed 3 --break rate --json'.split(' '))).toEqual({
    requests: 500,
    seed: 3,
    json: true,
    broken: 'rate',
  });
});

it('npm run hostile reports every invalid option with its value and what is allowed', () => {
  expect(parseHostileOptions('--requests 99 --seed 1.5 --break everything'.split(' '))).toEqual({
    problems: [
      '--requests 99: a whole number from 100 to 10000000 is allowed',
      '--seed 1.5: a whole number from 0 to 2147483648 is allowed',
      `--break everything: one of ${Object.keys(safeguards).join(', ')} is allowed`,
    ],
  });
});

it('npm run hostile describes every safeguard that it can remove', () => {
  for (const [name, what] of Object.entries(safeguards))
    expect(usage).toMatch(new RegExp(`${name} +${what}`));
});
