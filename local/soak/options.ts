import * as v from 'valibot';
import { numberMatching, oneOf, type ValueSchema } from '../../lambdas/core/value-schema.ts';
import { type CommandLine, parseCommandLine } from '../option-reader.ts';

/** What `--break` makes the stage leave behind, and the row of the verdict that must find it. */
export const leaks = {
  memory: {
    what: 'the host keeps 2 MB with each of the first hundred messages',
    row: 'heap of the host, without garbage',
  },
  timers: {
    what: 'the host starts a timer with each of them, which never ends',
    row: 'sockets, timers and other handles of the host',
  },
  function: { what: '`deliver` keeps 1 MB with each of them', row: 'functions, without garbage' },
  rows: { what: 'the row of a delivery that nothing sends', row: 'rows of kind delivery' },
} as const;
export type Leak = keyof typeof leaks;

/** The options of `npm run soak`. */
export interface SoakOptions {
  readonly minutes: number;
  readonly eventsPerSecond: number;
  readonly seed: number;
  readonly json: boolean;
  readonly leak: Leak | undefined;
}

export const usage = `npm run soak -- [options]

  --minutes N     how long changes are made, 0.2 to 1440 (default 20)
  --per-second N  changes of opportunities a second, 1 to 50 (default 5)
  --seed N        a whole number from 0; the same seed makes the same records (default 1)
  --break NAME    make the run leave something behind; it then succeeds only if that is found:
                  ${Object.entries(leaks)
                    .map(([name, { what }]) => `${name}: ${what}`)
                    .join('\n                  ')}
  --json          print the result as one JSON object on the last line of standard output
  --help          print this text

Exit codes: 0 if everything ended where it began, or if what --break leaves behind was found;
1 otherwise; 2 if the command line is invalid.`;

const minutes = numberMatching(
  'a number of minutes from 0.2 to 1440',
  (value) => value >= 0.2 && value <= 1_440,
);
/** As on a command line, with a fraction. */
const minutesInDigits: ValueSchema<number> = {
  ...minutes,
  schema: v.pipe(
    v.unknown(),
    v.transform((given) =>
      typeof given === 'string' && /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : given,
    ),
    minutes.schema,
  ),
};

export function parseSoakOptions(args: readonly string[]): CommandLine<SoakOptions> {
  return parseCommandLine(
    args,
    {
      minutes: { type: 'string' },
      'per-second': { type: 'string' },
      seed: { type: 'string' },
      break: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    (values, { read, wholeNumber: number }) => ({
      minutes: read('minutes', values.minutes, minutesInDigits, 20),
      eventsPerSecond: number('per-second', values['per-second'], 5, 1, 50),
      seed: number('seed', values.seed, 1, 0, 2 ** 31),
      json: values.json ?? false,
      leak: read<Leak | undefined>(
        'break',
        values.break,
        oneOf('memory', 'timers', 'function', 'rows'),
        undefined,
      ),
    }),
  );
}
