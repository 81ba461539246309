import type { LinkedKind } from './message-type.ts';
import { compareTexts } from './text-order.ts';

/**
 * Why two records are linked. `snapshot`: AWS made a snapshot of the opportunity for the
 * engagement. `acceptance-task`: AWS's task made the opportunity from the invitation, or from
 * another invitation to the same engagement. `invitation`: the accepted invitation to a lead names
 * the engagement. `lead-task`: AWS's task made the opportunity from a lead of the engagement.
 * `project-title`: a guess, because invitation and opportunity have the same title and customer.
 * All others are exact.
 */
export const linkBases = ['snapshot', 'acceptance-task', 'invitation', 'lead-task', 'project-title'] as const;
export type LinkBasis = (typeof linkBases)[number];

/** The record at the other end of a link. */
export interface LinkEnd {
  readonly kind: LinkedKind;
  readonly id: string;
}

/** Leads from one record to another in the same catalog. */
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
 * Returns the links with one more, sorted; the same array if nothing changes. An exact link
 * replaces guesses at the same kind of record. A guess is not added if there is any link to that
 * kind.
 */
export function withLink(links: readonly Link[], link: Link): readonly Link[] {
  const known = links.find((each) => leadsTo(each, link));
  if (known && (isExact(known) || !isExact(link))) return links;
  if (!isExact(link) && links.some(({ kind }) => kind === link.kind)) return links;
  const kept = links.filter((each) => each.kind !== link.kind || isExact(each));
  return [...kept, link].toSorted((a, b) => compareTexts(a.kind, b.kind) || compareTexts(a.id, b.id));
}

/** Returns the links without a guess at this record; the same array if it has no such guess. */
export function withoutGuess(links: readonly Link[], end: LinkEnd): readonly Link[] {
  const kept = links.filter((each) => isExact(each) || !leadsTo(each, end));
  return kept.length === links.length ? links : kept;
}
