import type { Json } from './json.ts';

/**
 * Describes an invalid value in an error message: JSON of up to 64 characters for texts, numbers
 * and booleans. An object or a list may contain personal data, so only its type is named.
 */
export function describeValue(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value);
  return text.length > 64 ? `${text.slice(0, 63)}…` : text;
}
