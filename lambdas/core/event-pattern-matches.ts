import type { Field } from './event-pattern-fields.ts';
import { type Place, placeFinder } from './event-pattern-places.ts';

/** Fields that must all match, in the order in which AWS's matcher looks at them. */
export type Alternative = readonly Field[];

export function fieldsOf(fields: ReadonlyMap<string, Field>): Alternative {
  return [...fields].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, field]) => field);
}

/** Returns a test whether an event matches one of the alternatives. */
export function compileAlternatives(alternatives: readonly Alternative[]): (event: unknown) => boolean {
  const findPlaces = placeFinder([...new Set(alternatives.flat())]);
  return (event) => {
    const root = findPlaces(event);
    return alternatives.some((alternative) => matchesAlternative(alternative, root));
  };
}

/**
 * Goes through the fields in order. A state is the element of a list that the fields so far have
 * settled on, as far as the next field can be in the same list.
 */
function matchesAlternative(alternative: Alternative, root: Place): boolean {
  let states: ReadonlySet<Place> = new Set([root]);
  for (const [index, field] of alternative.entries()) {
    if (!field.onAbsent && !root.matchingInside.has(field)) return false;
    const shared = sharedLength(field.path, alternative[index + 1]?.path ?? []);
    const next = new Set<Place>();
    for (const state of states) addNextStates(field, state, shared, next);
    if (next.size === 0) return false;
    states = next;
  }
  return true;
}

function addNextStates(field: Field, state: Place, shared: number, next: Set<Place>): void {
  const around = placesAround(state);
  const isPresent = state.presentInside.has(field) || around.some(({ present }) => present.has(field));
  const isMatched = around.some(({ matching }) => matching.has(field));
  if (isMatched || (field.onAbsent && !isPresent)) next.add(placeWithin(state, shared));
  const visit = (place: Place) => {
    if (!place.matchingInside.has(field)) return;
    // What is deeper than the path that both fields share makes no difference to the next field.
    if (place.depth > shared) next.add(placeWithin(place, shared));
    else if (place.matching.has(field)) next.add(place);
    if (place.depth <= shared) for (const element of place.elements) visit(element);
  };
  visit(state);
}

function placesAround(place: Place): readonly Place[] {
  const places = [place];
  for (let each = place.parent; each; each = each.parent) places.push(each);
  return places;
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
