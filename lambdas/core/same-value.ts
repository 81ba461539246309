import { compareDecimals, isDecimal } from './decimal.ts';
import { ExactNumber } from './exact-number.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { canonicalJson } from './json-text.ts';
import { compareTimestampTexts } from './timestamp-text.ts';

/**
 * Whether Partner Central prints both values for the same input: it trims texts, prints amounts
 * with other decimals and date-times with other fractions, and gives lists of texts no order.
 * Absent, null, an empty text and an empty list are the same.
 * @param member the name of the member: only an amount is a decimal number
 */
export function isSameValue(one: Json | undefined, other: Json | undefined, member = ''): boolean {
  const [a, b] = [printed(one), printed(other)];
  if (typeof a === 'string' && typeof b === 'string') return isSameText(a.trim(), b.trim(), member);
  if (isJsonArray(a) && isJsonArray(b)) return isSameList(a, b);
  if (isJsonObject(a) && isJsonObject(b)) return isSameObject(a, b);
  return a === b || (isNumber(a) && isNumber(b) && compareDecimals(String(a), String(b)) === 0);
}

function printed(value: Json | undefined): Json {
  const isEmpty = typeof value === 'string' ? value.trim() === '' : isJsonArray(value) && value.length === 0;
  return value === undefined || isEmpty ? null : value;
}

function isSameText(a: string, b: string, member: string): boolean {
  if (a === b) return true;
  if (member === 'Amount') return isDecimal(a) && isDecimal(b) && compareDecimals(a, b) === 0;
  return compareTimestampTexts(a, b) === 0;
}

/** Lists of objects have an order. Ids and picklist values are sets. */
function isSameList(a: readonly Json[], b: readonly Json[]): boolean {
  if (isTexts(a) && isTexts(b)) return sortedText(a) === sortedText(b);
  return a.length === b.length && a.every((element, index) => isSameValue(element, b[index]));
}

function isTexts(list: readonly Json[]): list is readonly string[] {
  return list.every((element) => typeof element === 'string');
}

function sortedText(list: readonly string[]): string {
  return canonicalJson([...new Set(list.map((text) => text.trim()))].toSorted());
}

function isSameObject(a: JsonObject, b: JsonObject): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => isSameValue(a[name], b[name], name));
}

function isNumber(value: Json): value is number | ExactNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}
