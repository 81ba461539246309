import { oneOf } from '../../lambdas/core/value-schema.ts';
import { type CommandLine, parseCommandLine } from '../option-reader.ts';
import { breaks } from './breaks.ts';

/** The options of `npm run chaos`. */
export interface ChaosOptions {
  readonly seeds: number;
  /** The first seed. The others follow it: seed + 1, seed + 2 and so on. */
  readonly seed: number;
  readonly json: boolean;
  /** Name of the safeguard to remove. */
  readonly broken: string | undefined;
}

/** Seven names a line. */
const breakNames = Object.keys(breaks)
  .map((name, index) => (index > 0 && index % 7 === 0 ? `\n${' '.repeat(17)}${name}` : name))
  .join(', ');

export const usage = `npm run chaos -- [options]

  --seeds N      how many seeds to run, 1 to 1000 (default 50)
  --seed N       the first seed, a whole number from 0 (default: random). A seed repeats every random
                 choice, but not the exact timing of what the functions do
  --break NAME   remove one safeguard from the functions; the run then succeeds only if chaos
                 detects a violation:
                 ${breakNames}
  --json         print the result as one JSON object on the last line of standard output
  --help         print this text`;

export function parseChaosOptions(args: readonly string[], randomSeed: number): CommandLine<ChaosOptions> {
  return parseCommandLine(
    args,
    {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      break: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    (values, { read, wholeNumber }) => ({
      seeds: wholeNumber('seeds', values.seeds, 50, 1, 1_000),
      seed: wholeNumber('seed', values.seed, randomSeed, 0, 2 ** 26),
      json: values.json ?? false,
      broken: read<string | undefined>('break', values.break, oneOf(...Object.keys(breaks)), undefined),
    }),
  );
}
