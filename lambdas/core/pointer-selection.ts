/** The steps of a JSON Pointer (RFC 6901). `*` matches any element or member. */
export type Steps = readonly string[];

export function parsePointer(pointer: string): Steps {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * What a set of pointers says about one place of a value. A place is selected if a pointer ends
 * there.
 */
export interface Selection {
  readonly isSelected: boolean;
  /** Whether no pointer leads to this place or below it. */
  readonly isEmpty: boolean;
  /** Returns the selection at a member, or at an element by its number. */
  readonly step: (name: string) => Selection;
}

/** One step of all pointers. Each pointer is one bit. */
interface Level {
  /** The pointers that this name continues, those with a star among them. */
  readonly named: ReadonlyMap<string, bigint>;
  readonly starred: bigint;
  /** The pointers that end before this step. */
  readonly ending: bigint;
  /** Selections by the pointers that lead to them. There are many places and few of these. */
  readonly known: Map<bigint, Selection>;
}

const nothing: Selection = { isSelected: false, isEmpty: true, step: () => nothing };

/**
 * Follows all pointers at once: a step takes the same time for one pointer and for many.
 * @param onNew called for every selection that is made. Tests count them.
 */
export function selectionOf(members: readonly Steps[], onNew: () => void = () => undefined): Selection {
  const most = Math.max(0, ...members.map(({ length }) => length));
  const levels = Array.from({ length: most + 1 }, (_, index) => levelOf(members, index));
  const selectionAt = (index: number, alive: bigint): Selection => {
    const level = levels[index];
    if (!level || alive === 0n) return nothing;
    const known = level.known.get(alive) ?? newSelection(level, index, alive);
    level.known.set(alive, known);
    return known;
  };
  const newSelection = ({ named, starred, ending }: Level, index: number, alive: bigint): Selection => {
    onNew();
    const steps = new Map<string, Selection>();
    return {
      isSelected: (alive & ending) !== 0n,
      isEmpty: false,
      step(name) {
        const bits = named.get(name);
        // All names that no pointer has lead to the same selection.
        const key = bits === undefined ? '*' : name;
        const next = steps.get(key) ?? selectionAt(index + 1, alive & (bits ?? starred));
        steps.set(key, next);
        return next;
      },
    };
  };
  return selectionAt(
    0,
    bitsOf(members, () => true),
  );
}

function levelOf(members: readonly Steps[], index: number): Level {
  const starred = bitsOf(members, (steps) => steps[index] === '*');
  const named = new Map<string, bigint>();
  for (const [position, steps] of members.entries()) {
    const name = steps[index];
    if (name !== undefined && name !== '*')
      named.set(name, (named.get(name) ?? starred) | (1n << BigInt(position)));
  }
  const ending = bitsOf(members, ({ length }) => length === index);
  return { named, starred, ending, known: new Map() };
}

function bitsOf(members: readonly Steps[], isIncluded: (steps: Steps) => boolean): bigint {
  return members.reduce((bits, steps, position) => {
    return isIncluded(steps) ? bits | (1n << BigInt(position)) : bits;
  }, 0n);
}

/** Follows a pointer until it is selected. Returns also how many of its steps that took. */
export function follow(
  path: string,
  root: Selection,
): { readonly selection: Selection; readonly taken: number } {
  let [selection, taken] = [root, 0];
  for (const step of parsePointer(path)) {
    if (selection.isSelected) break;
    selection = selection.step(step);
    taken += 1;
  }
  return { selection, taken };
}
