import * as v from 'valibot';
import { type Instant, parseInstant } from './instant.ts';

/**
 * Which values a field takes. The environment, the settings, endpoint definitions and command lines
 * are all parsed with these schemas.
 */
export interface ValueSchema<T> {
  readonly schema: v.GenericSchema<unknown, T>;
  /** Ends the sentence "allowed: …". It is also the message of every issue of the schema. */
  readonly allowed: string;
}

/** A stored timestamp. Refuses every other form of ISO-8601. */
export const storedInstant = v.custom<Instant>(
  (value) => value !== undefined && parseInstant(value) === value,
  'a date-time with milliseconds and Z',
);

/** A timestamp in any form of ISO-8601, parsed to the form that is stored. */
export const instant = v.pipe(
  v.unknown(),
  v.transform(parseInstant),
  v.custom<Instant>((parsed) => parsed !== undefined, 'a date-time such as 2026-06-30T10:00:00Z'),
);

export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export type ValueOf<Value> = Value extends ValueSchema<infer T> ? T : never;

/** Returns the value, or what is allowed instead. */
export function parseValue<T>(
  { schema, allowed }: ValueSchema<T>,
  given: unknown,
): { readonly value: T } | { readonly allowed: string } {
  const parsed = v.safeParse(schema, given);
  return parsed.success ? { value: parsed.output } : { allowed };
}

export function textMatching(allowed: string, isAllowed: (text: string) => boolean): ValueSchema<string> {
  return { allowed, schema: v.pipe(v.string(allowed), v.check(isAllowed, allowed)) };
}

/** A value that a type guard recognizes, e.g. an id. */
export function guarded<T>(allowed: string, isAllowed: (value: unknown) => value is T): ValueSchema<T> {
  return { allowed, schema: v.custom<T>(isAllowed, allowed) };
}

export function oneOf<const Option extends string>(...options: readonly Option[]): ValueSchema<Option> {
  const allowed = `one of ${options.join(', ')}`;
  return { allowed, schema: v.picklist(options, allowed) };
}

export function numberMatching(allowed: string, isAllowed: (value: number) => boolean): ValueSchema<number> {
  return { allowed, schema: v.pipe(v.number(allowed), v.check(isAllowed, allowed)) };
}

/** @param unit e.g. `seconds` */
export function wholeNumber(least: number, most: number, unit?: string): ValueSchema<number> {
  const allowed = `a whole number${unit === undefined ? '' : ` of ${unit}`} from ${least} to ${most}`;
  return numberMatching(allowed, (value) => Number.isInteger(value) && value >= least && value <= most);
}

/** A list of values. */
export function listOf<T>(
  { schema, allowed }: ValueSchema<T>,
  least = 0,
  most = Number.POSITIVE_INFINITY,
): ValueSchema<readonly T[]> {
  const message = `a list${rangeText(least, most)}, each ${allowed}`;
  const list = v.pipe(
    v.array(schema, message),
    v.minLength(least, message),
    v.maxLength(most, message),
    v.readonly(),
  );
  return { allowed: message, schema: list };
}

function rangeText(least: number, most: number): string {
  if (Number.isFinite(most)) return ` of ${least > 0 ? `${least}` : 'up'} to ${most}`;
  return least > 0 ? ` of at least ${least === 1 ? 'one' : least}` : '';
}

/** The message for a required member that is not given. */
export function ifMissing(required: Readonly<Record<string, ValueSchema<unknown>>>) {
  return ({ path }: v.BaseIssue<unknown>) => required[String(path?.[0].key)]?.allowed ?? '';
}

/** Also takes a number that is written in digits, as on a command line. */
export function orDigits<T>({ allowed, schema }: ValueSchema<T>): ValueSchema<T> {
  return { allowed, schema: v.pipe(v.unknown(), v.transform(digits), schema) };
}

/** Takes a list, or a text that separates its items by commas. No item is allowed twice. */
export function commaSeparated<T>(
  { schema }: ValueSchema<T>,
  allowed: string,
  least = 0,
  most = Number.POSITIVE_INFINITY,
): ValueSchema<readonly T[]> {
  return {
    allowed,
    schema: v.pipe(
      v.unknown(),
      v.transform(split),
      v.array(schema),
      v.minLength(least),
      v.maxLength(most),
      v.check((items) => new Set(items).size === items.length),
      v.readonly(),
    ),
  };
}

function digits(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

function split(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
}
