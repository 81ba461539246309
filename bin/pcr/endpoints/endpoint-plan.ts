import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { endpointDefinition } from '../../../lambdas/core/endpoint-definition.ts';
import { differenceLines } from './difference.ts';
import { destinationText } from './endpoint-text.ts';

/** The changes that make what is stored match a file. */
export interface Plan<Item> {
  readonly add: readonly Item[];
  readonly update: readonly Update<Item>[];
  readonly remove: readonly Item[];
}

export interface Update<Item> {
  readonly before: Item;
  readonly after: Item;
  /** One line for each field or element that changes. */
  readonly lines: readonly string[];
}

/** The line for the new URL of a channel. */
export const hiddenUrlLine = '~ url: (hidden)';

/** Listeners are ignored: `pcr listen` adds and removes them itself. */
export function planOf(present: readonly Endpoint[], declared: readonly Endpoint[]): Plan<Endpoint> {
  const declarable = present.filter(({ destination }) => destination.kind !== 'listener');
  return planBetween(declarable, declared, (before, after) => ({
    before,
    after: { ...after, ...(before.disabled && { disabled: before.disabled }) },
    lines: differenceLines(endpointDefinition(before), endpointDefinition(after)),
  }));
}

/** @param updateOf the update of what is in both; without lines if nothing changes */
export function planBetween<Item extends { readonly id: string }>(
  present: readonly Item[],
  declared: readonly Item[],
  updateOf: (before: Item, after: Item) => Update<Item>,
): Plan<Item> {
  const byId = new Map(present.map((each) => [each.id, each]));
  const wanted = new Set(declared.map(({ id }) => id));
  const updates = declared.flatMap((after) => {
    const before = byId.get(after.id);
    return before ? [updateOf(before, after)] : [];
  });
  return {
    add: declared.filter(({ id }) => !byId.has(id)),
    update: updates.filter(({ lines }) => lines.length > 0),
    remove: present.filter(({ id }) => !wanted.has(id)),
  };
}

export function isEmpty(plan: Plan<unknown>): boolean {
  return changesIn(plan) === 0;
}

export function changesIn({ add, update, remove }: Plan<unknown>): number {
  return add.length + update.length + remove.length;
}

export function planText(plan: Plan<Endpoint>): string {
  return planLines(plan, (endpoint) => `${endpoint.id}  ${destinationText(endpoint)}`).join('\n');
}

/** @param describe the id, and what distinguishes the item */
export function planLines<Item extends { readonly id: string }>(
  { add, update, remove }: Plan<Item>,
  describe: (item: Item) => string,
): readonly string[] {
  return [
    ...add.map((item) => `+ ${describe(item)}`),
    ...update.flatMap(({ after, lines }) => [`~ ${after.id}`, ...lines.map((line) => `    ${line}`)]),
    ...remove.map((item) => `- ${describe(item)}`),
  ];
}

/** `Added ep_a, ep_b; updated ep_c; removed ep_d.` */
export function appliedText({ add, update, remove }: Plan<{ readonly id: string }>): string {
  const groups = [
    ['added', add],
    ['updated', update.map(({ after }) => after)],
    ['removed', remove],
  ] as const;
  const text = groups
    .flatMap(([verb, items]) => {
      const ids = items.map(({ id }) => id).join(', ');
      return ids === '' ? [] : [`${verb} ${ids}`];
    })
    .join('; ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** For `--json`, without the values of headers. */
export function planJson({ add, update, remove }: Plan<{ readonly id: string }>) {
  return {
    add: add.map(({ id }) => id),
    update: update.map(({ after, lines }) => ({ id: after.id, changes: lines })),
    remove: remove.map(({ id }) => id),
  };
}
