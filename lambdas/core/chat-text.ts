import { parseInstant } from './instant.ts';
import { isJsonArray, isJsonObject, type Json } from './json.ts';
import { stringifyJson } from './json-text.ts';

/** Most UTF-16 units of one value in a message for a chat. */
const mostValueUnits = 150;

/** Elements of a list, and members of an object, that are written out. */
const mostParts = 5;
/** Levels of lists and objects that are written out. */
const mostLevels = 3;

/** Invisible characters that change the direction of the text after them. */
const directionMarks = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** Returns a text in one line, without control characters. `…` ends it if it is cut. */
export function oneLine(text: string, mostUnits: number): string {
  const line = text
    // Collapsing white space takes time by the length of the text.
    .slice(0, 4 * mostUnits)
    .toWellFormed()
    .replace(directionMarks, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  if (line.length <= mostUnits) return line;
  // The cut may leave half of a surrogate pair.
  return `${line.slice(0, mostUnits - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A value as a person reads it: `2026-03-01 10:00 UTC`, `yes`, `AmazonEC2, AmazonS3`. */
export function valueText(value: Json | undefined): string {
  return oneLine(textOf(value ?? null, 0), mostValueUnits) || 'empty';
}

function textOf(value: Json, level: number): string {
  if (value === null) return 'not set';
  if (typeof value === 'string') return timeText(value) ?? value.slice(0, 4 * mostValueUnits);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const isList = isJsonArray(value);
  if (!isList && !isJsonObject(value)) return stringifyJson(value);
  if (level === mostLevels) return '…';
  const parts = isList
    ? value.slice(0, mostParts).map((each) => textOf(each, level + 1))
    : Object.entries(value)
        .slice(0, mostParts)
        .map(([name, each]) => `${words(name)} ${textOf(each, level + 1)}`);
  const isCut = (isList ? value : Object.keys(value)).length > mostParts;
  return [...parts, ...(isCut ? ['…'] : [])].join(', ');
}

/** A timestamp of AWS to the minute. A day, such as a target close date, is no timestamp. */
function timeText(text: string): string | undefined {
  const instant = /^\d{4}-\d\d-\d\dT/.test(text) ? parseInstant(text) : undefined;
  return instant && `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** The name of a member in words: `TargetCloseDate` is `target close date`. */
export function words(name: string): string {
  const found = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [name];
  return found.map((word) => (/^aws$/i.test(word) ? 'AWS' : lowerCase(word))).join(' ');
}

/** Abbreviations keep their letters. */
function lowerCase(word: string): string {
  return /^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase();
}

/** `12000` is `12,000`. */
export function amountText(amount: string, currency: string | undefined): string {
  const grouped = amount.replace(/^\d{4,}/, (digits) => digits.replace(/\B(?=(?:\d{3})+$)/g, ','));
  return currency === undefined ? grouped : `${grouped} ${currency}`;
}

export function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
