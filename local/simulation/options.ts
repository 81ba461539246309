import { oneOf, textMatching } from '../../lambdas/core/value-schema.ts';
import { type CommandLine, parseCommandLine } from '../option-reader.ts';
import { breaks } from './breaks.ts';
import { isFaultKind } from './faults.ts';

/** The options of `npm run simulate`. */
export interface SimulationOptions {
  readonly seeds: number;
  /** The first seed. The others follow it: seed + 1, seed + 2 and so on. */
  readonly seed: number;
  /** Rounds of changes in a storm. */
  readonly rounds: number;
  /** Commands that clients send in a storm. */
  readonly commands: number;
  /** Name of the safeguard to remove. */
  readonly broken: string | undefined;
  readonly trace: boolean;
  readonly json: boolean;
  /** The hash that the trace of the seed must have. */
  readonly expect: string | undefined;
  /** Ids of the changes and faults that may happen. Undefined: all. */
  readonly only: readonly string[] | undefined;
}

/** Number of commands in a storm, if no other is given. */
export const usualCommands = 8;

/** Six names a line. */
const breakNames = Object.keys(breaks)
  .map((name, index) => (index > 0 && index % 6 === 0 ? `\n${' '.repeat(17)}${name}` : name))
  .join(', ');

export const usage = `npm run simulate -- [options]

  --seeds N      how many seeds to play, 1 to 1000000 (default 500)
  --seed N       the first seed, a whole number from 0 (default: random). A seed plays the same storm each
                 time, step by step
  --rounds N     moments at which the partner makes changes, 1 to 1000 (default 12: 20 to 40 events)
  --commands N   commands that clients send, 0 to 100 (default 8)
  --break NAME   remove one safeguard; the run then succeeds only if a violation is found:
                 ${breakNames}
  --trace        print everything that happens; needs --seeds 1
  --expect HASH  fail if the trace of the seed has another hash: then the code has changed since the hash was
                 printed; needs --seeds 1
  --only LIST    let only these changes and faults happen, as a violation prints them: 'change 3,event-lost 1';
                 needs --seeds 1
  --json         print the result as one JSON object on the last line of standard output
  --help         print this text`;

const hash = textMatching('16 hexadecimal digits', (text) => /^[0-9a-f]{16}$/.test(text));
const ids = textMatching(
  "a list such as 'change 3,event-lost 1'",
  (text) => text === '' || text.split(',').every(isId),
);

export function parseSimulationOptions(
  args: readonly string[],
  randomSeed: number,
): CommandLine<SimulationOptions> {
  const given = parseCommandLine(
    args,
    {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      rounds: { type: 'string' },
      commands: { type: 'string' },
      break: { type: 'string' },
      trace: { type: 'boolean' },
      expect: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    (values, { read, wholeNumber }): SimulationOptions => {
      const only = read<string | undefined>('only', values.only, ids, undefined);
      return {
        seeds: wholeNumber('seeds', values.seeds, 500, 1, 1_000_000),
        seed: wholeNumber('seed', values.seed, randomSeed, 0, 2 ** 31),
        rounds: wholeNumber('rounds', values.rounds, 12, 1, 1_000),
        commands: wholeNumber('commands', values.commands, usualCommands, 0, 100),
        broken: read<string | undefined>('break', values.break, oneOf(...Object.keys(breaks)), undefined),
        trace: values.trace ?? false,
        json: values.json ?? false,
        expect: read<string | undefined>('expect', values.expect, hash, undefined),
        only: only?.split(',').filter((id) => id !== ''),
      };
    },
  );
  if (given === 'help' || 'problems' in given || given.seeds === 1) return given;
  const { trace, expect, only } = given;
  const single = { '--trace': trace, '--expect': expect !== undefined, '--only': only !== undefined };
  const problems = Object.entries(single).flatMap(([name, isGiven]) =>
    isGiven ? [`${name} is about one seed: --seeds 1 is needed, not --seeds ${given.seeds}`] : [],
  );
  return problems.length > 0 ? { problems } : given;
}

function isId(text: string): boolean {
  const [, kind = '', number = ''] = /^(.+) (\d+)$/.exec(text) ?? [];
  return number !== '' && (kind === 'change' || kind === 'command' || isFaultKind(kind));
}
