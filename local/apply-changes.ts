import type { Change } from '../lambdas/core/change.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../lambdas/core/json.ts';

/** What a consumer does to follow a record: applies the changes in their order. Throws where a change does not fit. */
export function applyChanges(before: JsonObject, changes: readonly Change[]): JsonObject {
  return changes.reduce((object, { path, after }) => {
    const changed = replaced(object, stepsOf(path), after);
    if (!isJsonObject(changed)) throw new Error(`${path} leads out of the record`);
    return changed;
  }, before);
}

/** The way back: last change first, before and after swapped. */
export function reverseChanges(changes: readonly Change[]): Change[] {
  return changes.toReversed().map(({ path, before, after }) => ({
    path,
    ...(after === undefined ? {} : { before: after }),
    ...(before === undefined ? {} : { after: before }),
  }));
}

/** The value at a JSON Pointer, or undefined. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  return stepsOf(pointer).reduce<Json | undefined>((inner, step) => child(inner, step), value);
}

/** RFC 6901: `~1` before `~0`, or `~01` would turn into a slash. */
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

function replaced(
  value: Json | undefined,
  [step, ...rest]: readonly string[],
  after: Json | undefined,
): Json | undefined {
  if (step === undefined) return after;
  if (!isJsonArray(value) && !isJsonObject(value)) throw new Error(`nothing to step into at ${step}`);
  const inner = replaced(child(value, step), rest, after);
  return isJsonArray(value) ? withElement(value, Number(step), inner) : withMember(value, step, inner);
}

/** As strict as a consumer's JSON Patch library: elements are added and removed at the end only. */
function withElement(array: readonly Json[], index: number, element: Json | undefined): readonly Json[] {
  const last = element === undefined ? array.length - 1 : array.length;
  if (!Number.isInteger(index) || index < 0 || index > last)
    throw new Error(`no element ${index} in ${array.length}`);
  if (element !== undefined) return array.toSpliced(index, 1, element);
  if (index !== last) throw new Error(`removing element ${index} of ${array.length} would shift the rest`);
  return array.slice(0, index);
}

function withMember(object: JsonObject, name: string, member: Json | undefined): JsonObject {
  const others = Object.entries(object).filter(([each]) => each !== name);
  // Object.fromEntries defines even __proto__ as a member of its own.
  return Object.fromEntries(member === undefined ? others : [...others, [name, member]]);
}
