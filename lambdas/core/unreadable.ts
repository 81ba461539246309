import * as v from 'valibot';
import { ExactNumber } from './exact-number.ts';
import { isJsonObject } from './json.ts';
import { isFailure } from './service-error.ts';

/** Sets and binary values of DynamoDB are objects too, but not maps. */
export function isStoredMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return isJsonObject(value) && !(value instanceof Set) && !ArrayBuffer.isView(value);
}

/** Describes a stored value without its content, which may be personal data. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  if (value instanceof ExactNumber) return 'a number';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'a list';
  if (ArrayBuffer.isView(value)) return 'binary';
  return value instanceof Set ? 'a set' : 'a map';
}

/** Far more than a person repairs at once. */
const mostProblems = 5;

/**
 * Compares the attributes of an item with their schemas. Each problem names the attribute, the kind
 * of its value and what is allowed, such as `attemptNumber: a text; allowed: a whole number`.
 */
export function problemsOf(
  attributes: v.ObjectEntries,
  item: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(attributes)
    .flatMap(([name, schema]) => {
      const [issue] = v.safeParse(schema, item[name]).issues ?? [];
      return issue ? [problemOf(name, issue)] : [];
    })
    .slice(0, mostProblems);
}

function problemOf(name: string, { path, input, expected, message }: v.BaseIssue<unknown>): string {
  const place = [name, ...(path ?? []).map(({ key }) => String(key))].join('.');
  // The library's own messages repeat the value.
  const allowed = message.startsWith('Invalid ') ? (expected ?? 'another value') : message;
  return `${place}: ${kindOf(input)}; allowed: ${allowed}`;
}

/** Returns undefined if the row that is read was edited by hand and is invalid. */
export async function ifReadable<Found>(read: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isFailure(error, 'delivery.unreadable', 'line.unreadable', 'record.unreadable')) return undefined;
    throw error;
  }
}
