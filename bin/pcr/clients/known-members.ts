import { opportunityRules } from '../../../lambdas/core/opportunity-rules.ts';
import { parsePointer, type Steps } from '../../../lambdas/core/pointer-selection.ts';
import { type PartnerRecordKind, partnerRecordKinds } from '../../../lambdas/core/record.ts';
import { type MemberShape, type Members, recordMembersWithLists } from '../endpoints/record-members.ts';
import { nearest } from '../field-problem.ts';

/** Members of the records of a kind, and of the requests that create one. */
function membersOf(kind: PartnerRecordKind): Members {
  const members = new Map(recordMembersWithLists(kind));
  if (kind !== 'opportunity') return members;
  for (const pointer of opportunityRules.keys()) {
    const [name = ''] = parsePointer(pointer);
    if (!members.has(name)) members.set(name, 'any');
  }
  return members;
}

/** JSON Pointers to all members that a record of a kind can have, as far as this release knows. */
export function pointersOf(kind: PartnerRecordKind): readonly string[] {
  return pointersIn(membersOf(kind), '');
}

function pointersIn(shape: MemberShape, path: string): readonly string[] {
  const inner = typeof shape === 'string' ? [] : [...shape];
  return inner.flatMap(([name, each]) => [`${path}/${name}`, ...pointersIn(each, `${path}/${name}`)]);
}

/**
 * Returns undefined if a JSON Pointer matches a member that a record of some kind can have, else a
 * text that names a similar one. That is empty if there is none.
 */
export function adviceForUnknown(pointer: string): string | undefined {
  if (partnerRecordKinds.some((kind) => isKnown(parsePointer(pointer), membersOf(kind)))) return undefined;
  const similar = findSimilar(pointer);
  return similar === undefined ? '' : `; did you mean ${similar}?`;
}

function isKnown([step, ...rest]: Steps, shape: MemberShape): boolean {
  if (step === undefined || shape === 'any') return true;
  if (shape === 'value') return false;
  if (step === '*') return [...shape.values()].some((each) => isKnown(rest, each));
  const inner = shape.get(step) ?? (/^\d+$/.test(step) ? shape.get('*') : undefined);
  return inner !== undefined && isKnown(rest, inner);
}

/** A pointer that differs in case, in `*`, in the members around it, or in a few letters. */
function findSimilar(pointer: string): string | undefined {
  const all = [...new Set(partnerRecordKinds.flatMap(pointersOf))];
  const given = comparable(pointer);
  const same = all.find((each) => comparable(each) === given);
  const [inner, ...others] = all.filter((each) => comparable(each).endsWith(given));
  return same ?? (others.length === 0 ? inner : undefined) ?? nearest(pointer, all);
}

function comparable(pointer: string): string {
  return pointer.toLowerCase().replaceAll(/\/(?:\*|\d+)(?=\/|$)/g, '');
}
