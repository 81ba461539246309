import type { Change } from './change.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { follow, type Selection, type Steps, selectionOf } from './pointer-selection.ts';

/** Returns the object with these members and list elements only. */
export function pickMembers(object: JsonObject, members: readonly Steps[]): JsonObject {
  const picked = pickSelected(object, selectionOf(members));
  return isJsonObject(picked) ? picked : {};
}

/**
 * Returns the changes of these members, with the values of these members only. A change that
 * concerns none of them is left out.
 */
export function pickFromChanges(changes: readonly Change[], members: readonly Steps[]): Change[] {
  const selection = selectionOf(members);
  return changes.flatMap((change) => pickFromChange(change, selection));
}

/** Returns undefined if nothing inside the value is selected. */
function pickSelected(value: Json, selection: Selection): Json | undefined {
  if (selection.isSelected) return value;
  if (selection.isEmpty) return undefined;
  if (isJsonArray(value)) return pickElements(value, selection);
  if (!isJsonObject(value)) return undefined;
  const kept: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    const picked = pickSelected(member, selection.step(name));
    if (picked !== undefined) kept.push([name, picked]);
  }
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** An element in which nothing is selected stays as `{}`: changes name the others by position. */
function pickElements(list: readonly Json[], selection: Selection): readonly Json[] | undefined {
  const kept: Json[] = [];
  let isAny = false;
  for (const [index, element] of list.entries()) {
    const below = selection.step(String(index));
    if (below.isEmpty) continue;
    const picked = pickSelected(element, below);
    isAny ||= picked !== undefined;
    kept.push(picked ?? {});
  }
  return isAny ? kept : undefined;
}

function pickFromChange(change: Change, root: Selection): readonly Change[] {
  const { path } = change;
  const { selection } = follow(path, root);
  if (selection.isSelected) return [change];
  const [before, after] = [change.before, change.after].map((value) =>
    value === undefined ? undefined : pickSelected(value, selection),
  );
  if (before === undefined && after === undefined) return [];
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}
