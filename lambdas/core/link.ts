import type { LinkedKind } from './message-type.ts';

/**
 * How it is known that two records belong together. `snapshot`: AWS made a snapshot of the opportunity for the engagement.
 * `acceptance-task`: AWS's own task made the opportunity of the invitation, or of another one to the same engagement.
 * `project-title`: a guess, invitation and opportunity have one title and one customer.
 */
export const linkBases = ['snapshot', 'acceptance-task', 'project-title'] as const;
export type LinkBasis = (typeof linkBases)[number];

/** What a link leads to. */
export interface LinkEnd {
  readonly kind: LinkedKind;
  readonly id: string;
}

/** From one record to another of the same catalog. */
export interface Link extends LinkEnd {
  readonly via: LinkBasis;
}

export function isExact({ via }: Pick<Link, 'via'>): boolean {
  return via !== 'project-title';
}

export function leadsTo(link: LinkEnd, { kind, id }: LinkEnd): boolean {
  return link.kind === kind && link.id === id;
}

/**
 * Links after one more was learned, in one order; the same array where it tells nothing new. What is exact replaces guesses
 * at the same kind of record, and no guess is added to any link to that kind.
 */
export function withLink(links: readonly Link[], link: Link): readonly Link[] {
  const known = links.find((each) => leadsTo(each, link));
  if (known && (isExact(known) || !isExact(link))) return links;
  if (!isExact(link) && links.some(({ kind }) => kind === link.kind)) return links;
  const kept = links.filter((each) => each.kind !== link.kind || isExact(each));
  return [...kept, link].toSorted((a, b) => compare(a.kind, b.kind) || compare(a.id, b.id));
}

/** Links without a guess at one record; the same array where there is none. */
export function withoutGuess(links: readonly Link[], end: LinkEnd): readonly Link[] {
  const kept = links.filter((each) => isExact(each) || !leadsTo(each, end));
  return kept.length === links.length ? links : kept;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
