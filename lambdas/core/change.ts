import { ExactNumber } from './exact-number.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';

/**
 * One difference between two versions. `before` is absent if the value was added, `after` if it was
 * removed.
 */
export interface Change {
  /** JSON Pointer (RFC 6901) into the record. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

/**
 * Returns the smallest set of changes that leads from one payload to the next, sorted by path.
 * Arrays are compared by position, because Partner Central gives their elements no ids. Removed
 * elements are listed last to first: applying the changes in order then never shifts a later one.
 */
export function diff(before: JsonObject, after: JsonObject): Change[] {
  return diffMembers(before, after, '');
}

function diffMembers(before: JsonObject, after: JsonObject, path: string): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name) =>
    diffValues(own(before, name), own(after, name), `${path}/${escapePointer(name)}`),
  );
}

function diffElements(before: readonly Json[], after: readonly Json[], path: string): Change[] {
  const kept = before
    .slice(0, after.length)
    .flatMap((value, index) => diffValues(value, after[index], `${path}/${index}`));
  const added = after
    .slice(before.length)
    .map((value, index) => ({ path: `${path}/${before.length + index}`, after: value }));
  const removed = before
    .slice(after.length)
    .map((value, index) => ({ path: `${path}/${after.length + index}`, before: value }));
  return [...kept, ...added, ...removed.toReversed()];
}

function diffValues(before: Json | undefined, after: Json | undefined, path: string): Change[] {
  if (before === undefined) return after === undefined ? [] : [{ path, after }];
  if (after === undefined) return [{ path, before }];
  if (isJsonObject(before) && isJsonObject(after)) return diffMembers(before, after, path);
  if (isJsonArray(before) && isJsonArray(after)) return diffElements(before, after, path);
  return isSameScalar(before, after) ? [] : [{ path, before, after }];
}

function isSameScalar(before: Json, after: Json): boolean {
  if (before instanceof ExactNumber && after instanceof ExactNumber)
    return before.canonicalText === after.canonicalText;
  return before === after;
}

/** The value of an own member: not one that every object inherits, such as `toString`. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A name as a step of a JSON Pointer. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
