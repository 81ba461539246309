import { describe, expect, it } from 'vitest';
import { breaks } from '../../local/simulation/breaks.ts';
import { parseSimulationOptions, usage } from '../../local/simulation/options.ts';

describe('parseSimulationOptions', () => {
  it('gives every option a default', () => {
    expect(parseSimulationOptions([], 42)).toEqual({
      seeds: 500,
      seed: 42,
      rounds: 12,
      commands: 8,
      broken: undefined,
      trace: false,
      json: false,
      expect: undefined,
      only: undefined,
    });
  });

  it('reads every option from the command line', () => {
    const args =
      '--seeds 1 --seed 3 --rounds 40 --commands 3 --break lease --trace --json --expect 0123456789abcdef';
    const only = 'change 3,event-lost 1';
    expect(parseSimulationOptions([...args.split(' '), '--only', only], 42)).toEqual({
      seeds: 1,
      seed: 3,
      rounds: 40,
      commands: 3,
      broken: 'lease',
      trace: true,
      json: true,
      expect: '0123456789abcdef',
      only: ['change 3', 'event-lost 1'],
    });
  });

  it('takes an empty list as one that lets nothing happen', () => {
    expect(parseSimulationOptions(['--seeds', '1', '--only', ''], 42)).toMatchObject({ only: [] });
  });

  it.each([
    ['--seed x', '--seed x: a whole number from 0 to 2147483648 is allowed'],
    ['--seed -1', undefined],
    ['--seed=-1', '--seed -1: a whole number from 0 to 2147483648 is allowed'],
    ['--seed 1.5', '--seed 1.5: a whole number from 0 to 2147483648 is allowed'],
    ['--seeds 0', '--seeds 0: a whole number from 1 to 1000000 is allowed'],
    ['--rounds 0', '--rounds 0: a whole number from 1 to 1000 is allowed'],
    ['--commands 101', '--commands 101: a whole number from 0 to 100 is allowed'],
    ['--break all', `--break all: one of ${Object.keys(breaks).join(', ')} is allowed`],
    ['--expect 0123', '--expect 0123: 16 hexadecimal digits is allowed'],
    ['--fast', undefined],
    ['--trace', '--trace is about one seed: --seeds 1 is needed, not --seeds 500'],
    ['--seeds 2 --trace', '--trace is about one seed: --seeds 1 is needed, not --seeds 2'],
    ['--seeds 2 --expect 0123456789abcdef', '--expect is about one seed: --seeds 1 is needed, not --seeds 2'],
    ['--seeds 2 --only=', '--only is about one seed: --seeds 1 is needed, not --seeds 2'],
  ])('refuses %s and says what is allowed', (line, problem) => {
    const given = parseSimulationOptions(line.split(' '), 42);
    expect(given).toEqual({ problems: [problem ?? expect.stringMatching(/^(?:Unknown option|Option) '/)] });
  });

  it.each(['change', 'change x', 'event-lost', 'event-stolen 1', 'change 1, event-lost 1', 'change 1,'])(
    'refuses the list %j of ids',
    (only) => {
      expect(parseSimulationOptions(['--seeds', '1', '--only', only], 42)).toEqual({
        problems: [`--only ${only}: a list such as 'change 3,event-lost 1' is allowed`],
      });
    },
  );

  it('lists every break in the usage text', () => {
    expect(parseSimulationOptions(['--help'], 42)).toBe('help');
    expect(Object.keys(breaks).filter((name) => !usage.includes(name))).toEqual([]);
  });
});
