import { addressDigits } from './event-pattern-address.ts';
import { type Refuse, refuseNumber } from './event-pattern-numeric.ts';
import { compileOperator } from './event-pattern-operators.ts';
import { isJsonContainer, type Json } from './json.ts';

/** What a pattern says about one place of an event. */
export interface Field {
  /** Names of members. A name with dots is several steps, as at AWS. */
  readonly path: readonly string[];
  /** Whether the field matches an event without a value there. */
  readonly onAbsent: boolean;
  readonly matches: (value: unknown) => boolean;
  readonly operatorCount: number;
  /** The values as they are in the pattern. */
  readonly values: readonly Json[];
}

/** Compiles the list of values of a field. */
export function compileField(
  name: string,
  values: readonly Json[],
  options: { readonly numericTexts?: boolean },
  refuse: Refuse,
): Field {
  const scalars = values.filter((value) => !isJsonContainer(value));
  for (const value of scalars) refuseNumber(value, refuse);
  const plain = new Set<unknown>(scalars);
  const addresses = new Set(scalars.flatMap((value) => digitsOf(value) ?? []));
  const operatorOptions = { ...options, addressDigits: rememberLast(addressDigits) };
  const tests = values
    .filter(isJsonContainer)
    .map((value) => compileOperator(value, operatorOptions, refuse));
  return {
    path: name.split('.'),
    onAbsent: tests.some(({ onAbsent }) => onAbsent),
    matches: (value) =>
      plain.has(value) ||
      tests.some((test) => test.matches(value)) ||
      // A text that is an address matches every way of writing it, as at AWS.
      (addresses.size > 0 && isAddressIn(addresses, value)),
    operatorCount: tests.reduce((sum, { operatorCount }) => sum + operatorCount, 0),
    values,
  };
}

/** As at AWS, an IPv4 address also stands for the IPv6 addresses that begin with its digits. */
function isAddressIn(addresses: ReadonlySet<string>, value: unknown): boolean {
  const digits = digitsOf(value);
  return digits !== undefined && (addresses.has(digits) || addresses.has(digits.slice(0, 8)));
}

function digitsOf(value: unknown): string | undefined {
  return typeof value === 'string' ? addressDigits(value) : undefined;
}

function rememberLast<T>(compute: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly result: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, result: compute(text) };
    return last.result;
  };
}
