import { addressKey, addressOf } from './event-pattern-address.ts';
import { type Refuse, refuseNumber } from './event-pattern-numeric.ts';
import { compileOperator } from './event-pattern-operators.ts';
import type { FieldOptions } from './event-pattern-readers.ts';
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
  options: FieldOptions,
  refuse: Refuse,
): Field {
  const scalars = values.filter((value) => !isJsonContainer(value));
  for (const value of scalars) refuseNumber(value, refuse);
  const plain = new Set<unknown>(scalars);
  const addresses = new Set(
    scalars.flatMap((value) => {
      const address = typeof value === 'string' ? addressOf(value) : undefined;
      return address ? addressKey(address) : [];
    }),
  );
  const tests = values.filter(isJsonContainer).map((value) => compileOperator(value, options, refuse));
  return {
    path: name.split('.'),
    onAbsent: tests.some(({ onAbsent }) => onAbsent),
    matches: (value) =>
      plain.has(value) ||
      tests.some((test) => test.matches(value)) ||
      // A text that is an address matches every way of writing it, as at AWS.
      (addresses.size > 0 && isAddressIn(addresses, value, options)),
    operatorCount: tests.reduce((sum, { operatorCount }) => sum + operatorCount, 0),
    values,
  };
}

/** As at AWS, an IPv4 address also stands for the IPv6 addresses that begin with its bits. */
function isAddressIn(
  addresses: ReadonlySet<string>,
  value: unknown,
  { addressOf: read }: FieldOptions,
): boolean {
  const address = typeof value === 'string' ? read(value) : undefined;
  return address !== undefined && (addresses.has(addressKey(address)) || addresses.has(`${address.first}`));
}
