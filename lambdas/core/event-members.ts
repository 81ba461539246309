import { describeValue } from './describe-value.ts';
import { type Instant, parseInstant } from './instant.ts';
import { at, type Json, type JsonObject } from './json.ts';
import { ServiceError } from './service-error.ts';

/**
 * Returns the text at a path of an event.
 * @throws ServiceError `event.malformed` naming the path, the value and what is allowed.
 */
export function requireText(
  raw: JsonObject,
  path: readonly string[],
  expected: string,
  allowed: (value: string) => boolean,
): string {
  const value = at(raw, ...path);
  if (typeof value !== 'string' || !allowed(value))
    throw malformedError(`/${path.join('/')}`, expected, value);
  return value;
}

/** @throws ServiceError `event.malformed`. */
export function requireInstant(raw: JsonObject, path: readonly string[]): Instant {
  const value = at(raw, ...path);
  const parsed = parseInstant(value);
  if (!parsed) throw malformedError(`/${path.join('/')}`, 'an ISO-8601 date-time', value);
  return parsed;
}

export function malformedError(
  path: string,
  expected: string,
  actual: Json | undefined,
): ServiceError<'event.malformed'> {
  return new ServiceError('event.malformed', { path, expected, actual: describeValue(actual) });
}

/** Placeholders of the documentation. An event with one of these values was not sent by AWS. */
const placeholder = /^(string|enum|`?<.*>`?)$/i;

export function isPlaceholder(text: string): boolean {
  return placeholder.test(text);
}
