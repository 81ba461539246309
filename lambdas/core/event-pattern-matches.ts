import type { Field } from './event-pattern-fields.ts';
import { isJsonArray, isJsonObject } from './json.ts';

/** Fields that must all match, in the order in which AWS's matcher looks at them. */
export type Alternative = readonly Field[];

export function fieldsOf(fields: ReadonlyMap<string, Field>): Alternative {
  return [...fields].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, field]) => field);
}

/**
 * The element of a list that a value is in, with the elements of lists around it. Fields may match
 * in different elements of different lists, but not in different elements of one list.
 */
interface Place {
  readonly parent: Place | undefined;
  /** Length of the path of the list. */
  readonly depth: number;
  readonly elements: Map<string, Place>;
}

/** The values of a field in an event, by place. */
interface Found {
  readonly present: ReadonlySet<Place>;
  /** The places that have a value, and those around them. */
  readonly around: ReadonlySet<Place>;
  readonly matching: ReadonlySet<Place>;
}

/** Finds fields in one event. What several alternatives share is looked up once. */
export type Finder = (field: Field) => Found;

export function finderIn(event: unknown): { readonly root: Place; readonly find: Finder } {
  const root: Place = { parent: undefined, depth: -1, elements: new Map() };
  const known = new Map<Field, Found>();
  return {
    root,
    find(field) {
      const found = known.get(field) ?? findValues(field, event, root);
      known.set(field, found);
      return found;
    },
  };
}

/**
 * Goes through the fields in order. A state is the element that the fields so far have settled on,
 * as far as the next field can be in the same list.
 */
export function matchesAlternative(
  fields: Alternative,
  { root, find }: ReturnType<typeof finderIn>,
): boolean {
  let states: ReadonlySet<Place> = new Set([root]);
  for (const [index, field] of fields.entries()) {
    const found = find(field);
    if (found.matching.size === 0 && !field.onAbsent) return false;
    const shared = sharedLength(field.path, fields[index + 1]?.path ?? []);
    states = statesAfter(field, found, states, shared);
    if (states.size === 0) return false;
  }
  return true;
}

function statesAfter(
  { onAbsent }: Field,
  { present, around, matching }: Found,
  states: ReadonlySet<Place>,
  shared: number,
): Set<Place> {
  const next = new Set<Place>();
  for (const state of states) {
    const isMatched = isAtOrAround(state, matching);
    const isAbsent = onAbsent && !around.has(state) && !isAtOrAround(state, present);
    if (isMatched || isAbsent) next.add(placeWithin(state, shared));
  }
  for (const place of matching) if (isAtOrAround(place, states)) next.add(placeWithin(place, shared));
  return next;
}

/** Whether one of the places is this one or contains it. */
function isAtOrAround(place: Place, places: ReadonlySet<Place>): boolean {
  if (places.size === 0) return false;
  for (let each: Place | undefined = place; each; each = each.parent) if (places.has(each)) return true;
  return false;
}

/** The element of the innermost list whose path has at most this length. */
function placeWithin(place: Place, length: number): Place {
  let each = place;
  while (each.parent && each.depth > length) each = each.parent;
  return each;
}

function sharedLength(a: readonly string[], b: readonly string[]): number {
  const end = a.findIndex((step, index) => step !== b[index]);
  return end < 0 ? a.length : end;
}

function findValues({ path, matches }: Field, event: unknown, root: Place): Found {
  const [present, around, matching] = [new Set<Place>(), new Set<Place>(), new Set<Place>()];
  const visit = (value: unknown, depth: number, place: Place): void => {
    if (isJsonArray(value)) return visitElements(value, depth, place);
    if (isJsonObject(value)) {
      // A member may have dots in its name, as `a.b` of the path `a`, `b`.
      for (let end = depth + 1, name = path[depth]; end <= path.length && name !== undefined; end += 1) {
        if (Object.hasOwn(value, name)) visit(value[name], end, place);
        name += `.${path[end]}`;
      }
      return;
    }
    if (depth < path.length || value === undefined) return;
    present.add(place);
    for (let each: Place | undefined = place; each && !around.has(each); each = each.parent) around.add(each);
    if (!matching.has(place) && matches(value)) matching.add(place);
  };
  const visitElements = (values: readonly unknown[], depth: number, place: Place) => {
    for (const [index, value] of values.entries()) {
      const isInner = typeof value === 'object' && value !== null;
      visit(value, depth, isInner ? elementOf(place, depth, index) : place);
    }
  };
  visit(event, 0, root);
  return { present, around, matching };
}

function elementOf(parent: Place, depth: number, index: number): Place {
  const key = `${depth}/${index}`;
  const element = parent.elements.get(key) ?? { parent, depth, elements: new Map() };
  parent.elements.set(key, element);
  return element;
}
