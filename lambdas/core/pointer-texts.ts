import type { Change } from './change.ts';
import { ExactNumber } from './exact-number.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { follow, type Selection, type Steps, selectionOf } from './pointer-selection.ts';

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
