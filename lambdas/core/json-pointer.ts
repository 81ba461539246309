import type { Change } from './change.ts';
import { ExactNumber } from './exact-number.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';

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

/**
 * What is left of a set of pointers at some place. The place itself is selected if a pointer ends
 * there. Steps are remembered, so that a long list takes no longer with many pointers.
 */
interface Selection {
  readonly isSelected: boolean;
  readonly isEmpty: boolean;
  readonly step: (name: string) => Selection;
}

function selectionOf(members: readonly Steps[]): Selection {
  const names = new Set(members.map(([name]) => name));
  const known = new Map<string, Selection>();
  return {
    isSelected: members.some(({ length }) => length === 0),
    isEmpty: members.length === 0,
    step(name) {
      // All names that no pointer has lead to the same selection.
      const key = names.has(name) ? name : '*';
      const next = known.get(key) ?? selectionOf(stepsBelow(members, key));
      known.set(key, next);
      return next;
    },
  };
}

function stepsBelow(members: readonly Steps[], name: string): Steps[] {
  return members.flatMap(([first, ...rest]) => (first === name || first === '*' ? [rest] : []));
}

function objectWithout(object: JsonObject, selection: Selection): JsonObject {
  const kept = Object.entries(object).flatMap(([name, value]): [string, Json][] => {
    const below = selection.step(name);
    return below.isSelected ? [] : [[name, withoutSelected(value, below)]];
  });
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

function changeWithout({ path, before, after }: Change, members: Selection): Change {
  let selection = members;
  for (const [index, step] of parsePointer(path).entries()) {
    selection = selection.step(step);
    if (selection.isSelected) return { path: path.split('/', index + 2).join('/') };
  }
  return {
    path,
    ...(before !== undefined && { before: withoutSelected(before, selection) }),
    ...(after !== undefined && { after: withoutSelected(after, selection) }),
  };
}

/** Returns the values at these steps. */
export function pickValues(value: Json, [step, ...rest]: Steps): Json[] {
  if (step === undefined) return [value];
  if (!isJsonObject(value) && !isJsonArray(value)) return [];
  const members = Object.entries(value).filter(([name]) => step === '*' || step === name);
  return members.flatMap(([, member]) => pickValues(member, rest));
}

/** Returns an object whose only value is at this pointer. */
export function nest(pointer: string, value: Json | undefined): Json {
  return parsePointer(pointer).reduceRight<Json>((inner, step) => ({ [step]: inner }), value ?? null);
}

/** Returns all texts and numbers inside a value, as texts. */
export function leavesOf(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || value instanceof ExactNumber) return [String(value)];
  return isJsonObject(value) || isJsonArray(value) ? Object.values(value).flatMap(leavesOf) : [];
}
