import { ExactNumber } from './exact-number.ts';
import { markExactNumbers, replaceMarks } from './exact-number-marks.ts';
import { isJsonContainer, type Json, sortMembers } from './json.ts';
import { ServiceError } from './service-error.ts';

/**
 * Parses JSON. A number that JavaScript cannot hold becomes an ExactNumber.
 * @throws SyntaxError
 */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  const marked = markExactNumbers(text);
  return marked === text ? value : replaceMarks(JSON.parse(marked));
}

/** Returns undefined if the text is not valid JSON. */
export function tryParseJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/**
 * @throws ServiceError `event.malformed` if the text is not valid JSON. The error does not repeat
 *   the text.
 */
export function parseJsonText(text: string): Json {
  try {
    return parseJson(text);
  } catch (cause) {
    const details = { path: '', expected: 'JSON', actual: `${text.length} characters that are not JSON` };
    throw new ServiceError('event.malformed', details, { cause });
  }
}

/** Prints JSON as `JSON.stringify` does, and each ExactNumber as it was written. */
export function stringifyJson(value: unknown, indent = ''): string {
  return holdsExactNumbers(value)
    ? print(value, { indent, numberText: String })
    : JSON.stringify(value, undefined, indent);
}

/** Equal values give the same text. The content hash is computed from it. */
export function canonicalJson(value: Json): string {
  const sorted = sortMembers(value);
  return holdsExactNumbers(sorted)
    ? print(sorted, { indent: '', numberText: ({ canonicalText }) => canonicalText })
    : JSON.stringify(sorted);
}

/** Compares by value: the order of members and the form of a number make no difference. */
export function isSameJson(one: Json, other: Json): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

function holdsExactNumbers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof ExactNumber) return true;
  return Array.isArray(value) ? value.some(holdsExactNumbers) : Object.values(value).some(holdsExactNumbers);
}

interface PrintOptions {
  /** The characters of one level; empty for one line. */
  readonly indent: string;
  readonly numberText: (number: ExactNumber) => string;
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function print(value: unknown, options: PrintOptions, margin = ''): string {
  if (value instanceof ExactNumber) return options.numberText(value);
  if (!isJsonContainer(value)) return JSON.stringify(value) ?? 'null';
  // Most lists and objects have no other inside.
  if (options.indent === '' && Object.values(value).every(isScalar)) return JSON.stringify(value);
  const inner = margin + options.indent;
  const isList = Array.isArray(value);
  const colonText = options.indent === '' ? ':' : ': ';
  const parts = Object.entries<Json | undefined>(value).flatMap(([name, each]) => {
    if (isList) return [print(each, options, inner)];
    return each === undefined ? [] : [JSON.stringify(name) + colonText + print(each, options, inner)];
  });
  const [open, close] = isList ? '[]' : '{}';
  if (parts.length === 0 || options.indent === '') return `${open}${parts.join(',')}${close}`;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
}
