import type { Change } from './change.ts';
import { ExactNumber } from './exact-number.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { type Selection, selectionOf } from './pointer-selection.ts';

/** The steps of a JSON Pointer (RFC 6901). `*` matches any element or member. */
export type Steps = readonly string[];

export function parsePointer(pointer: string): Steps {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

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

/** The texts and numbers of a payload and its changes, by whether a pointer selects them. */
export interface DividedTexts {
  readonly selected: ReadonlySet<string>;
  readonly others: ReadonlySet<string>;
}

export function divideTexts(
  object: JsonObject,
  changes: readonly Change[],
  members: readonly Steps[],
): DividedTexts {
  const root = selectionOf(members);
  const texts = { selected: new Set<string>(), others: new Set<string>() };
  divide(object, root, texts);
  for (const { path, before, after } of changes) {
    const { selection } = follow(path, root);
    if (before !== undefined) divide(before, selection, texts);
    if (after !== undefined) divide(after, selection, texts);
  }
  return texts;
}

function divide(
  value: Json,
  selection: Selection,
  texts: { readonly selected: Set<string>; readonly others: Set<string> },
): void {
  if (selection.isSelected) addTexts(value, texts.selected);
  else if (selection.isEmpty) addTexts(value, texts.others);
  else if (isJsonObject(value))
    for (const [name, member] of Object.entries(value)) divide(member, selection.step(name), texts);
  else if (isJsonArray(value))
    for (const [index, element] of value.entries()) divide(element, selection.step(String(index)), texts);
  else addTexts(value, texts.others);
}

/** Adds all texts and numbers inside a value, as texts. */
function addTexts(value: Json, texts: Set<string>): void {
  if (typeof value === 'string') texts.add(value);
  else if (typeof value === 'number' || value instanceof ExactNumber) texts.add(String(value));
  else if (isJsonArray(value)) for (const element of value) addTexts(element, texts);
  else if (isJsonObject(value)) for (const member of Object.values(value)) addTexts(member, texts);
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

/** Follows a pointer until it is selected. Returns also how many of its steps that took. */
function follow(path: string, root: Selection): { readonly selection: Selection; readonly taken: number } {
  let [selection, taken] = [root, 0];
  for (const step of parsePointer(path)) {
    if (selection.isSelected) break;
    selection = selection.step(step);
    taken += 1;
  }
  return { selection, taken };
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
