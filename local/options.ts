import { parseArgs } from 'node:util';
import type { EngineChoice } from './host/tables/dynamodb-engine.ts';

/** What `npm start -- …` was asked for. */
export interface Options {
  /** Same seed, same changes in the same order. */
  readonly seed: number;
  /** About so many events are put on the bus. */
  readonly events: number;
  readonly engine: EngineChoice;
  /** Ends by itself; without it, and on a terminal, the stage stays up until Ctrl-C. */
  readonly once: boolean;
  readonly json: boolean;
  /** A folder with `events/` and `responses/` to play instead of the scenario. */
  readonly samples: string | undefined;
}

export const usage = `npm start -- [options]

  --once              end when everything is delivered, also on a terminal
  --events N          about how many events to play, 60 to 100000 (300)
  --seed N            replay a run, a whole number from 0 (chosen anew each time)
  --engine NAME       dynoxide or dynamodb-local (the first that is installed)
  --samples DIR       play DIR/events/*.json against DIR/responses/*.json instead
  --json              print the result as one JSON object on the last line
  --help              this text`;

const engines = ['auto', 'dynoxide', 'dynamodb-local'] as const;

/** @returns the options, or every problem with what is allowed. */
export function parseOptions(
  args: readonly string[],
  randomSeed: number,
): Options | { readonly problems: readonly string[] } | 'help' {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
  if (values.help) return 'help';
  const problems: string[] = [];
  const whole = (
    name: string,
    text: string | undefined,
    fallback: number,
    least: number,
    most: number,
  ): number => {
    if (text === undefined) return fallback;
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    problems.push(`--${name} ${text}: a whole number from ${least} to ${most} is allowed`);
    return fallback;
  };
  const engine = engines.find((name) => name === (values.engine ?? 'auto'));
  if (!engine) problems.push(`--engine ${values.engine}: dynoxide or dynamodb-local is allowed`);
  const options = {
    seed: whole('seed', values.seed, randomSeed, 0, 2 ** 31),
    events: whole('events', values.events, 300, 60, 100_000),
    engine: engine ?? 'auto',
    once: values.once ?? false,
    json: values.json ?? false,
    samples: values.samples,
  };
  return problems.length > 0 ? { problems } : options;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      once: { type: 'boolean' },
      events: { type: 'string' },
      seed: { type: 'string' },
      engine: { type: 'string' },
      samples: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values;
}
