import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { differenceLines } from './difference.ts';
import { destinationText } from './endpoint-text.ts';

/** The changes that make the endpoints match a file. */
export interface Plan {
  readonly add: readonly Endpoint[];
  readonly update: readonly Update[];
  readonly remove: readonly Endpoint[];
}

export interface Update {
  readonly before: Endpoint;
  readonly after: Endpoint;
  /** One line for each field or element that changes. */
  readonly lines: readonly string[];
}

/** The line for the new URL of a channel. */
export const hiddenUrlLine = '~ url: (hidden)';

/** Listeners are ignored: `pcr listen` adds and removes them itself. */
export function planOf(present: readonly Endpoint[], declared: readonly Endpoint[]): Plan {
  const declarable = new Map(
    present.filter(({ destination }) => destination.kind !== 'listener').map((each) => [each.id, each]),
  );
  const wanted = new Set(declared.map(({ id }) => id));
  return {
    add: declared.filter(({ id }) => !declarable.has(id)),
    update: declared.flatMap((after) => updateOf(declarable.get(after.id), after)),
    remove: [...declarable.values()].filter(({ id }) => !wanted.has(id)),
  };
}

function updateOf(before: Endpoint | undefined, after: Endpoint): readonly Update[] {
  const lines = before ? differenceLines(before, after) : [];
  if (!before || lines.length === 0) return [];
  return [{ before, after: { ...after, ...(before.disabled && { disabled: before.disabled }) }, lines }];
}

export function isEmpty({ add, update, remove }: Plan): boolean {
  return add.length + update.length + remove.length === 0;
}

export function planText({ add, update, remove }: Plan): string {
  return [
    ...add.map((endpoint) => `+ ${endpoint.id}  ${destinationText(endpoint)}`),
    ...update.flatMap(({ after, lines }) => [`~ ${after.id}`, ...lines.map((line) => `    ${line}`)]),
    ...remove.map((endpoint) => `- ${endpoint.id}  ${destinationText(endpoint)}`),
  ].join('\n');
}

/** `Added ep_a, updated ep_b, removed ep_c.` */
export function appliedText({ add, update, remove }: Plan): string {
  const groups = [
    ['added', add],
    ['updated', update.map(({ after }) => after)],
    ['removed', remove],
  ] as const;
  const text = groups
    .flatMap(([verb, endpoints]) => {
      const ids = endpoints.map(({ id }) => id).join(', ');
      return ids === '' ? [] : [`${verb} ${ids}`];
    })
    .join('; ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** For `--json`, without the values of headers. */
export function planJson({ add, update, remove }: Plan) {
  return {
    add: add.map(({ id }) => id),
    update: update.map(({ after, lines }) => ({ id: after.id, changes: lines })),
    remove: remove.map(({ id }) => id),
  };
}
