import { ExactNumber } from './exact-number.ts';

/** Any JSON value. */
export type Json = null | boolean | number | ExactNumber | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return isJsonContainer(value) && !Array.isArray(value);
}

/** Whether a value is a list or an object. */
export function isJsonContainer(value: unknown): value is readonly Json[] | JsonObject {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
}

export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** Returns the value at a path of member names, or undefined if a member is missing. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, member) => (isJsonObject(inner) && Object.hasOwn(inner, member) ? inner[member] : undefined),
    value,
  );
}

/**
 * Deepest nesting of a payload. AWS nests fewer than ten levels. Recursive functions overflow the
 * stack at some thousands.
 */
export const deepestPayloadLevel = 500;

/**
 * Largest answer of Partner Central, bytes of JSON. Storing one and reading it back takes 382 MB of
 * the 512 MB of a function.
 */
export const mostPayloadBytes = 12_000_000;

/** Whether lists and objects nest more levels than this. Does not recurse. */
export function isDeeperThan(levels: number, value: Json): boolean {
  let containers = [value].filter(isJsonContainer);
  for (let level = 0; level < levels && containers.length > 0; level += 1)
    containers = containers.flatMap((each) => Object.values<Json>(each).filter(isJsonContainer));
  return containers.length > 0;
}

/**
 * Returns the non-empty string at a path. AWS also sends the string "null" for an absent member.
 */
export function textAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  // JSON can hold half a surrogate pair, UTF-8 cannot: it becomes a replacement character.
  return typeof found === 'string' && found !== '' && found !== 'null' ? found.toWellFormed() : undefined;
}

/**
 * Removes null members, which is how the service prints absent ones. Null elements of arrays stay.
 */
export function omitNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, withoutNullMembers(value)]),
  );
}

function withoutNullMembers(value: Json): Json {
  if (isJsonArray(value)) return value.map(withoutNullMembers);
  return isJsonObject(value) ? omitNulls(value) : value;
}

/**
 * Sorts the members of every object by name, so that their order makes no difference. Returns what
 * is in order already without copying it.
 */
export function sortMembers(value: JsonObject): JsonObject;
export function sortMembers(value: Json): Json;
export function sortMembers(value: Json): Json {
  if (isJsonArray(value)) return sortElements(value);
  return isJsonObject(value) ? sortObject(value) : value;
}

function sortElements(list: readonly Json[]): readonly Json[] {
  const sorted = list.map(sortMembers);
  return sorted.every((element, index) => element === list[index]) ? list : sorted;
}

function sortObject(object: JsonObject): JsonObject {
  const names = Object.keys(object);
  let isInOrder = true;
  const members = names.toSorted().map((name, index): [string, Json] => {
    const value = object[name] ?? null;
    const sorted = sortMembers(value);
    isInOrder &&= sorted === value && name === names[index];
    return [name, sorted];
  });
  return isInOrder ? object : Object.fromEntries(members);
}
