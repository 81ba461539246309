import type { Change } from '../lambdas/core/change.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../lambdas/core/json.ts';

/**
 * Applies changes in order, as a consumer does to follow a record.
 * @throws Error if a change does not fit
 */
export function applyChanges(before: JsonObject, changes: readonly Change[]): JsonObject {
  return changes.reduce((object, { path, after }) => {
    const changed = replace(object, stepsOf(path), after);
    if (!isJsonObject(changed)) throw new Error(`${path} does not point into the record`);
    return changed;
  }, before);
}

/** The changes that undo these: last change first, before and after swapped. */
export function reverseChanges(changes: readonly Change[]): Change[] {
  return changes.toReversed().map(({ path, before, after }) => ({
    path,
    ...(after === undefined ? {} : { before: after }),
    ...(before === undefined ? {} : { after: before }),
  }));
}

/** Returns the value at a JSON Pointer, or undefined. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  return stepsOf(pointer).reduce<Json | undefined>((inner, step) => child(inner, step), value);
}

/** RFC 6901: `~1` is replaced before `~0`, or `~01` would become a slash. */
function stepsOf(pointer: string): string[] {
  return pointer === ''
    ? []
    : pointer
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function child(value: Json | undefined, step: string): Json | undefined {
  if (isJsonArray(value)) return value[Number(step)];
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function replace(
  value: Json | undefined,
  [step, ...rest]: readonly string[],
  after: Json | undefined,
): Json | undefined {
  if (step === undefined) return after;
  if (!isJsonArray(value) && !isJsonObject(value))
    throw new Error(`the value at ${step} is neither an object nor an array`);
  const inner = replace(child(value, step), rest, after);
  return isJsonArray(value) ? withElement(value, Number(step), inner) : withMember(value, step, inner);
}

/** Adds and removes elements only at the end, like a consumer that follows the changes. */
function withElement(array: readonly Json[], index: number, element: Json | undefined): readonly Json[] {
  const last = element === undefined ? array.length - 1 : array.length;
  if (!Number.isInteger(index) || index < 0 || index > last)
    throw new Error(`there is no element ${index} in an array of ${array.length}`);
  if (element !== undefined) return array.toSpliced(index, 1, element);
  if (index !== last) throw new Error(`removing element ${index} of ${array.length} would shift the rest`);
  return array.slice(0, index);
}

function withMember(object: JsonObject, name: string, member: Json | undefined): JsonObject {
  const others = Object.entries(object).filter(([each]) => each !== name);
  // Object.fromEntries defines even __proto__ as an ordinary member.
  return Object.fromEntries(member === undefined ? others : [...others, [name, member]]);
}
