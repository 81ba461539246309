import { parseArgs } from 'node:util';
import { oneOf } from '../../lambdas/core/value-schema.ts';
import { optionReader } from '../option-reader.ts';
import { breaks } from './breaks.ts';

/** What `npm run chaos -- …` was asked for. */
export interface ChaosOptions {
  readonly seeds: number;
  /** The first one; the others follow it. */
  readonly seed: number;
  readonly json: boolean;
  /** The safeguard to take out, by name. */
  readonly broken: string | undefined;
}

export const usage = `npm run chaos -- [options]

  --seeds N      how many seeds to play, 1 to 1000 (50)
  --seed N       the first of them, a whole number from 0 (chosen anew each time); a seed repeats the choices of the
                 adversary, not the instants at which they meet the work
  --break NAME   take one safeguard out of the functions; then a violation must be found:
                 ${Object.keys(breaks).join(', ')}
  --json         print the result as one JSON object on the last line
  --help         this text`;

/** @returns the options, or every problem with what is allowed. */
export function parseChaosOptions(
  args: readonly string[],
  randomSeed: number,
): ChaosOptions | { readonly problems: readonly string[] } | 'help' {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
  if (values.help) return 'help';
  const problems: string[] = [];
  const { read, wholeNumber } = optionReader(problems);
  const options = {
    seeds: wholeNumber('seeds', values.seeds, 50, 1, 1_000),
    seed: wholeNumber('seed', values.seed, randomSeed, 0, 2 ** 26),
    json: values.json ?? false,
    broken: read<string | undefined>('break', values.break, oneOf(...Object.keys(breaks)), undefined),
  };
  return problems.length > 0 ? { problems } : options;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      break: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values;
}
