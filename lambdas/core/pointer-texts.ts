import type { Change } from './change.ts';
import { ExactNumber } from './exact-number.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { follow, type Selection, type Steps, selectionOf } from './pointer-selection.ts';

/** The texts and numbers of a value, by whether a pointer selects them. */
export interface DividedTexts {
  readonly selected: Set<string>;
  /** Undefined if they are not needed. */
  readonly others?: Set<string> | undefined;
}

/** Divides the texts of a payload and of its changes. */
export function divideTexts(
  object: JsonObject,
  changes: readonly Change[],
  members: readonly Steps[],
  texts: DividedTexts,
): void {
  const root = selectionOf(members);
  divide(object, root, texts);
  for (const { path, before, after } of changes) {
    const { selection } = follow(path, root);
    if (before !== undefined) divide(before, selection, texts);
    if (after !== undefined) divide(after, selection, texts);
  }
}

function divide(value: Json, selection: Selection, texts: DividedTexts): void {
  const { selected, others } = texts;
  if (selection.isSelected) addTexts(value, selected);
  else if (selection.isEmpty) addTexts(value, others);
  else if (isJsonObject(value))
    for (const name of Object.keys(value)) divide(value[name] ?? null, selection.step(name), texts);
  else if (isJsonArray(value))
    for (const [index, element] of value.entries()) divide(element, selection.step(String(index)), texts);
  else addTexts(value, others);
}

/** Adds all texts and numbers inside a value, as texts. */
function addTexts(value: Json, texts: Set<string> | undefined): void {
  if (!texts) return;
  if (typeof value === 'string') texts.add(value);
  else if (typeof value === 'number' || value instanceof ExactNumber) texts.add(String(value));
  else if (isJsonArray(value)) for (const element of value) addTexts(element, texts);
  else if (isJsonObject(value)) for (const member of Object.values(value)) addTexts(member, texts);
}
