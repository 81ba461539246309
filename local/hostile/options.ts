import { oneOf } from '../../lambdas/core/value-schema.ts';
import { type CommandLine, parseCommandLine } from '../option-reader.ts';

/** Safeguards of the door that `--break` removes. The run must then find what they prevent. */
export const safeguards = {
  permission: 'every client may do everything',
  rate: 'every request is in time',
  signature: 'every signature is valid',
  timestamp: 'every timestamp is now',
} as const;
export type Safeguard = keyof typeof safeguards;

/** The options of `npm run hostile`. */
export interface HostileOptions {
  readonly requests: number;
  readonly seed: number;
  readonly json: boolean;
  readonly broken: Safeguard | undefined;
}

export const usage = `npm run hostile -- [options]

  --requests N  how many requests are sent, 100 to 10000000 (default 10000)
  --seed N      a whole number from 0; the same seed makes the same requests (default 1)
  --break NAME  remove a safeguard of the door; the run then succeeds only if that is found:
${Object.entries(safeguards)
  .map(([name, what]) => `                  ${name.padEnd(10)} ${what}`)
  .join('\n')}
  --json        print the result as JSON
  --help        print this`;

export function parseHostileOptions(args: readonly string[]): CommandLine<HostileOptions> {
  return parseCommandLine(
    args,
    {
      requests: { type: 'string' },
      seed: { type: 'string' },
      break: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    (values, { read, wholeNumber }) => ({
      requests: wholeNumber('requests', values.requests, 10_000, 100, 10_000_000),
      seed: wholeNumber('seed', values.seed, 1, 0, 2 ** 31),
      json: values.json ?? false,
      broken: read<Safeguard | undefined>(
        'break',
        values.break,
        oneOf('permission', 'rate', 'signature', 'timestamp'),
        undefined,
      ),
    }),
  );
}
