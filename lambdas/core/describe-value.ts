import { isJsonContainer, type Json } from './json.ts';
import { stringifyJson } from './json-text.ts';

/**
 * Describes an invalid value in an error message: JSON of up to 64 characters for texts, numbers
 * and booleans. An object or a list may contain personal data, so only its type is named.
 */
export function describeValue(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (isJsonContainer(value)) return Array.isArray(value) ? 'a list' : 'an object';
  const text = stringifyJson(value);
  return text.length > 64 ? `${text.slice(0, 63)}…` : text;
}
