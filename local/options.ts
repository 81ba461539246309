import { oneOf, type ValueSchema } from '../lambdas/core/value-schema.ts';
import type { EngineChoice } from './host/tables/dynamodb-engine.ts';
import { type CommandLine, parseCommandLine } from './option-reader.ts';

/** The options of `npm start`. */
export interface Options {
  /** The same seed gives the same changes in the same order. */
  readonly seed: number;
  /** About how many events are put on the bus. */
  readonly events: number;
  readonly engine: EngineChoice;
  /** End the stage after the run. Without it, the stage stays up on a terminal until Ctrl-C. */
  readonly once: boolean;
  /** Keep the stage up after the run, also without a terminal. */
  readonly stay: boolean;
  /** Only print the variables that point the AWS CLI to the running stage. */
  readonly env: boolean;
  readonly json: boolean;
  /** A folder with `events/` or `responses/` to play instead of the scenario. */
  readonly samples: string | undefined;
}

export const usage = `npm start -- [options]

  --once              end after everything is delivered, also on a terminal
  --stay              stay up after that, also without a terminal
  --env               print only the variables that point the AWS CLI to the
                      stage that is up: eval "$(npm start -s -- --env)"
  --events N          about how many events to play, 60 to 100000 (default 300)
  --seed N            a whole number from 0; the same seed plays the same changes
                      (default: random)
  --engine NAME       dynoxide or dynamodb-local (default: the first installed)
  --samples DIR       play the recordings in DIR/events and DIR/responses
                      (*.json, *.jsonc) instead
  --json              print the result as one JSON object on the last line of
                      standard output
  --help              print this text`;

const engine: ValueSchema<EngineChoice> = {
  ...oneOf('auto', 'dynoxide', 'dynamodb-local'),
  allowed: 'dynoxide or dynamodb-local',
};

export function parseOptions(args: readonly string[], randomSeed: number): CommandLine<Options> {
  return parseCommandLine(
    args,
    {
      once: { type: 'boolean' },
      stay: { type: 'boolean' },
      env: { type: 'boolean' },
      events: { type: 'string' },
      seed: { type: 'string' },
      engine: { type: 'string' },
      samples: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    (values, { read, wholeNumber }) => ({
      engine: read('engine', values.engine, engine, 'auto'),
      seed: wholeNumber('seed', values.seed, randomSeed, 0, 2 ** 31),
      events: wholeNumber('events', values.events, 300, 60, 100_000),
      once: values.once ?? false,
      stay: values.stay ?? false,
      env: values.env ?? false,
      json: values.json ?? false,
      samples: values.samples,
    }),
  );
}
