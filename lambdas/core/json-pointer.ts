import type { Change } from './change.ts';
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
  if (members.length === 0) return object;
  const kept = Object.entries(object).flatMap(([name, value]): [string, Json][] => {
    const below = belowOf(members, name);
    if (below.some((rest) => rest.length === 0)) return [];
    return [[name, withoutBelow(value, below)]];
  });
  return Object.fromEntries(kept);
}

function withoutBelow(value: Json, members: readonly Steps[]): Json {
  if (members.length === 0) return value;
  if (isJsonObject(value)) return omitMembers(value, members);
  if (!isJsonArray(value)) return value;
  return value.flatMap((element, index) => {
    const below = belowOf(members, String(index));
    return below.some((rest) => rest.length === 0) ? [] : [withoutBelow(element, below)];
  });
}

function belowOf(members: readonly Steps[], name: string): Steps[] {
  return members.flatMap(([first, ...rest]) => (first === name || first === '*' ? [rest] : []));
}

/**
 * Removes the values of these members from changes. What stays is one change per member, without
 * values, however many changes there were inside it.
 */
export function omitFromChanges(changes: readonly Change[], members: readonly Steps[]): Change[] {
  const left = changes.map((change) => changeWithout(change, members));
  return [...new Map(left.map((change) => [change.path, change])).values()];
}

function changeWithout({ path, before, after }: Change, members: readonly Steps[]): Change {
  const steps = parsePointer(path);
  const meeting = members.filter((member) => meet(member, steps));
  const lengths = meeting.filter(({ length }) => length <= steps.length).map(({ length }) => length);
  if (lengths.length > 0) return { path: path.split('/', Math.min(...lengths) + 1).join('/') };
  const inside = meeting.map((member) => member.slice(steps.length));
  return {
    path,
    ...(before !== undefined && { before: withoutBelow(before, inside) }),
    ...(after !== undefined && { after: withoutBelow(after, inside) }),
  };
}

/** Whether a path leads to a member, into it, or to an object or list that contains it. */
function meet(member: Steps, path: Steps): boolean {
  const shared = Math.min(member.length, path.length);
  return member.slice(0, shared).every((step, index) => step === '*' || step === path[index]);
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
  if (typeof value === 'number') return [String(value)];
  return isJsonObject(value) || isJsonArray(value) ? Object.values(value).flatMap(leavesOf) : [];
}
