import { isJsonArray, isJsonContainer, type Json } from './json.ts';
import { stringifyJson } from './json-text.ts';

/**
 * Describes an invalid value in an error message: JSON of up to 64 characters for texts, numbers
 * and booleans. An object or a list may contain personal data, so only its type is named.
 */
export function describeValue(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (isJsonArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isJsonContainer(value)) return 'an object';
  const text = stringifyJson(value);
  if (text.length <= 64) return text;
  return typeof value === 'string' ? `${text.slice(0, 62)}…"` : `${text.slice(0, 63)}…`;
}
