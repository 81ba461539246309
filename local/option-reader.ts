import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { orDigits, parseValue, type ValueSchema, wholeNumber } from '../lambdas/core/value-schema.ts';

/** The problems are one line for each invalid option that says what is allowed. */
export type CommandLine<Options> = Options | { readonly problems: readonly string[] } | 'help';

/** Parses the arguments. @param options reads the values; the reader collects the problems */
export function parseCommandLine<Config extends ParseArgsOptionsConfig, Options>(
  args: readonly string[],
  config: Config,
  options: (values: Values<Config>, reader: OptionReader) => Options,
): CommandLine<Options> {
  try {
    const { values } = parseArgs({ args: [...args], options: config });
    if ('help' in values) return 'help';
    const problems: string[] = [];
    const read = options(values, optionReader(problems));
    return problems.length > 0 ? { problems } : read;
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
}

type Values<Config extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Config }>
>['values'];

type OptionReader = ReturnType<typeof optionReader>;

/** Adds a problem for each value that is not allowed. */
function optionReader(problems: string[]) {
  const read = <T>(name: string, given: string | undefined, schema: ValueSchema<T>, fallback: T): T => {
    if (given === undefined) return fallback;
    const parsed = parseValue(schema, given);
    if ('value' in parsed) return parsed.value;
    problems.push(`--${name} ${given}: ${parsed.allowed} is allowed`);
    return fallback;
  };
  return {
    read,
    wholeNumber: (name: string, given: string | undefined, fallback: number, least: number, most: number) =>
      read(name, given, orDigits(wholeNumber(least, most)), fallback),
  };
}
