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

function objectWithout(object: JsonObject, selection: Selection): JsonObject {
  const kept: [string, Json][] = [];
  for (const [name, value] of Object.entries(object)) {
    const below = selection.step(name);
    if (!below.isSelected) kept.push([name, withoutSelected(value, below)]);
  }
  return Object.fromEntries(kept);
}

function withoutSelected(value: Json, selection: Selection): Json {
  if (selection.isEmpty) return value;
  if (isJsonObject(value)) return objectWithout(value, selection);
  if (!isJsonArray(value)) return value;
  const kept: Json[] = [];
  for (const [index, element] of value.entries()) {
    const below = selection.step(String(index));
    if (!below.isSelected) kept.push(withoutSelected(element, below));
  }
  return kept;
}

function changeWithout(change: Change, root: Selection): Change {
  const { path, before, after } = change;
  const { selection, taken } = follow(path, root);
  if (selection.isSelected) return { path: path.split('/', taken + 1).join('/') };
  if (selection.isEmpty) return change;
  return {
    path,
    ...(before !== undefined && { before: withoutSelected(before, selection) }),
    ...(after !== undefined && { after: withoutSelected(after, selection) }),
  };
}
