/** JSON as it stands in a raw response body. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value at a path of member names, or undefined where any step is missing. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, member) => (isJsonObject(inner) && Object.hasOwn(inner, member) ? inner[member] : undefined),
    value,
  );
}

/** The non-empty string at a path; AWS also sends the literal string "null" for an absent member. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  // Half a surrogate pair, which JSON can spell and UTF-8 cannot, becomes a replacement character.
  return typeof found === 'string' && found !== '' && found !== 'null' ? found.toWellFormed() : undefined;
}

/** Leaves out members that are null: the service prints every absent member as null. Array elements keep their place. */
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

/** The same value with the members of every object in one order: two equal values then print alike. */
export function sortMembers(value: Json): Json {
  if (isJsonArray(value)) return value.map(sortMembers);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, inner]) => [name, sortMembers(inner)]));
}

/** One text for equal values: what the content hash is taken of. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(sortMembers(value));
}
