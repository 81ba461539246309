import { orDigits, parseValue, type ValueSchema, wholeNumber } from '../lambdas/core/value-schema.ts';

/** Reads the values of command-line options; adds a problem for each value that is not allowed. */
export function optionReader(problems: string[]) {
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
