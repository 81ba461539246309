import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../local/options.ts';

describe('parseOptions', () => {
  it('gives every option a default', () => {
    expect(parseOptions([], 42)).toEqual({
      seed: 42,
      events: 300,
      engine: 'auto',
      once: false,
      stay: false,
      env: false,
      json: false,
      samples: undefined,
    });
  });

  it('reads every option from the command line', () => {
    const args =
      '--once --stay --env --json --seed 7 --events 2000 --engine dynamodb-local --samples recorded'.split(
        ' ',
      );
    expect(parseOptions(args, 42)).toEqual({
      seed: 7,
      events: 2000,
      engine: 'dynamodb-local',
      once: true,
      stay: true,
      env: true,
      json: true,
      samples: 'recorded',
    });
  });

  it('reports every invalid option with what is allowed', () => {
    const args = ['--seed', 'x', '--events', '5', '--engine', 'sqlite'];
    expect(parseOptions(args, 42)).toEqual({
      problems: [
        '--engine sqlite: dynoxide or dynamodb-local is allowed',
        '--seed x: a whole number from 0 to 2147483648 is allowed',
        '--events 5: a whole number from 60 to 100000 is allowed',
      ],
    });
  });

  it('refuses an unknown option', () => {
    const parsed = parseOptions(['--fast'], 42);
    expect(parsed).toHaveProperty('problems');
  });

  it('recognizes --help', () => {
    expect(parseOptions(['--help'], 42)).toBe('help');
  });
});
