import type { Change } from './change.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { follow, type Selection, type Steps, selectionOf } from './pointer-selection.ts';

/** Returns the object without these members and list elements. */
export function omitMembers(object: JsonObject, members: readonly Steps[]): JsonObject {
  return members.length === 0 ? object : objectWithout(object, selectionOf(members));
}

/**
 * Removes the values of these members from changes. What stays is one change per member, without
 * values, however many changes there were inside it.
 */
export function omitFromChanges(changes: readonly Change[], members: readonly Steps[]): Change[] {
  const selection = selectionOf(members);
  const left = changes.map((change) => changeWithout(change, selection));
  return [...new Map(left.map((change) => [change.path, change])).values()];
}

/** Copies only what has a selected member inside. */
function objectWithout(object: JsonObject, selection: Selection): JsonObject {
  const kept: [string, Json][] = [];
  let isWhole = true;
  for (const name of Object.keys(object)) {
    const value = object[name] ?? null;
    const left = withoutSelected(value, selection.step(name));
    isWhole &&= left === value;
    if (left !== undefined) kept.push([name, left]);
  }
  return isWhole ? object : Object.fromEntries(kept);
}

function listWithout(list: readonly Json[], selection: Selection): readonly Json[] {
  const left = list.map((element, index) => withoutSelected(element, selection.step(String(index))));
  if (left.every((element, index) => element === list[index])) return list;
  return left.filter((element) => element !== undefined);
}

/** Returns undefined if the value itself is selected. */
function withoutSelected(value: Json, selection: Selection): Json | undefined {
  if (selection.isSelected) return undefined;
  if (selection.isEmpty) return value;
  if (isJsonArray(value)) return listWithout(value, selection);
  return isJsonObject(value) ? objectWithout(value, selection) : value;
}

function changeWithout(change: Change, root: Selection): Change {
  const { path, before, after } = change;
  const { selection, taken } = follow(path, root);
  if (selection.isSelected) return { path: path.split('/', taken + 1).join('/') };
  if (selection.isEmpty) return change;
  const [left, leftAfter] = [before, after].map((value) =>
    value === undefined ? undefined : withoutSelected(value, selection),
  );
  return {
    path,
    ...(left !== undefined && { before: left }),
    ...(leftAfter !== undefined && { after: leftAfter }),
  };
}

/** Whether a JSON Pointer is another one, or points to something inside of its value. */
export function isAtOrBelow(pointer: string, other: string): boolean {
  return pointer === other || pointer.startsWith(`${other}/`);
}

/** The name of the member that a pointer leads to, as the pointer has it. */
export function lastStep(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
