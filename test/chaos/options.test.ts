import { describe, expect, it } from 'vitest';
import { breaks } from '../../local/chaos/breaks.ts';
import { parseChaosOptions, usage } from '../../local/chaos/options.ts';

describe('parseChaosOptions', () => {
  it('gives every option a default', () => {
    expect(parseChaosOptions([], 42)).toEqual({ seeds: 50, seed: 42, json: false, broken: undefined });
  });

  it('reads every option from the command line', () => {
    const args = '--seeds 4 --seed 1 --json --break lease'.split(' ');
    expect(parseChaosOptions(args, 42)).toEqual({ seeds: 4, seed: 1, json: true, broken: 'lease' });
  });

  it('reports every invalid option with what is allowed', () => {
    const args = ['--seeds', '0', '--seed', 'x', '--break', 'everything'];
    expect(parseChaosOptions(args, 42)).toEqual({
      problems: [
        '--seeds 0: a whole number from 1 to 1000 is allowed',
        '--seed x: a whole number from 0 to 67108864 is allowed',
        `--break everything: one of ${Object.keys(breaks).join(', ')} is allowed`,
      ],
    });
  });

  it('refuses an unknown option', () => {
    expect(parseChaosOptions(['--fast'], 42)).toHaveProperty('problems');
  });

  it('lists every break in the usage text', () => {
    expect(parseChaosOptions(['--help'], 42)).toBe('help');
    expect(Object.keys(breaks).filter((name) => !usage.includes(name))).toEqual([]);
  });
});
