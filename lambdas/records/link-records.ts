import {
  isExact,
  type Link,
  type LinkBasis,
  type LinkEnd,
  leadsTo,
  withLink,
  withoutGuess,
} from '../core/link.ts';
import { type LinkedKind, linkedTopics, type MessageType } from '../core/message-type.ts';
import type { RecordKey } from '../core/record.ts';
import { type Cause, type RecordState, restate } from '../core/version.ts';
import { type AppendDeps, tryAppend } from './append.ts';
import { withOptimisticLock } from './optimistic-lock.ts';

/** A record of a kind that is linked to other records. */
export interface LinkableKey extends RecordKey {
  readonly kind: LinkedKind;
}

/** What linking one or more pairs of records did. */
export interface LinkResult {
  /** Number of pairs that are linked now. */
  readonly linked: number;
  /** Records that are not stored yet, so their pairs could not be linked. */
  readonly missing: readonly LinkableKey[];
}

/**
 * Links two records to each other: appends a version to each that lacks the link. An exact link
 * replaces guesses. A guess that one of the two does not take is removed from the other.
 * Safe to repeat and to run concurrently.
 * @throws ServiceError `store.unavailable`, `store.contended` (later), `store.refused` (never).
 */
export async function linkRecords(
  a: LinkableKey,
  b: LinkableKey,
  via: LinkBasis,
  cause: Cause,
  deps: AppendDeps,
): Promise<LinkResult> {
  const { records } = deps;
  const [stateOfA, stateOfB] = await Promise.all([records.current(a), records.current(b)]);
  const missing = [...(stateOfA ? [] : [a]), ...(stateOfB ? [] : [b])];
  if (missing.length > 0) return { linked: 0, missing };
  const isLinked =
    (await addLink(a, stateOfA, { kind: b.kind, id: b.id, via }, cause, deps)) &&
    (await addLink(b, stateOfB, { kind: a.kind, id: a.id, via }, cause, deps));
  // While `b` got the guess, another worker may have replaced it at `a` by an exact link.
  if (isExact({ via }) || (isLinked && hasLink(await records.current(a), b))) return { linked: 1, missing };
  await removeGuess(a, b, cause, deps);
  await removeGuess(b, a, cause, deps);
  return { linked: 0, missing };
}

/**
 * @returns whether the record has the link now. A record with a link of that kind takes no guess.
 */
async function addLink(
  from: LinkableKey,
  known: RecordState | undefined,
  link: Link,
  cause: Cause,
  deps: AppendDeps,
): Promise<boolean> {
  return withOptimisticLock(from, known, deps.records, async (current) => {
    if (!current) return false;
    const links = withLink(current.links, link);
    const replaced = current.links.filter((each) => !links.some((kept) => leadsTo(kept, each)));
    const removeReplaced = async () => {
      for (const { kind, id } of replaced)
        await removeGuess({ catalog: from.catalog, kind, id }, from, cause, deps);
    };
    // Before the append: if this worker ends right after it, this record no longer names the
    // guesses.
    await removeReplaced();
    if (!(await tryRelink(current, from.kind, links, cause, deps))) return undefined;
    // And after it: another worker may have completed a guess meanwhile.
    await removeReplaced();
    return links.some((each) => leadsTo(each, link));
  });
}

async function removeGuess(from: LinkableKey, end: LinkEnd, cause: Cause, deps: AppendDeps): Promise<void> {
  const known = await deps.records.current(from);
  await withOptimisticLock(from, known, deps.records, async (current) => {
    if (!current) return true;
    const links = withoutGuess(current.links, end);
    return (await tryRelink(current, from.kind, links, cause, deps)) || undefined;
  });
}

function hasLink(state: RecordState | undefined, end: LinkEnd): boolean {
  return state !== undefined && state.links.some((each) => leadsTo(each, end));
}

const updateTypes = {
  opportunity: 'opportunity.updated',
  'engagement-invitation': 'engagement_invitation.updated',
  engagement: 'engagement.updated',
} as const satisfies Record<LinkedKind, MessageType>;

/**
 * Appends a version with these links, if they differ from the current ones.
 * @returns false if another worker wrote in between.
 */
async function tryRelink(
  current: RecordState,
  kind: LinkedKind,
  links: readonly Link[],
  cause: Cause,
  deps: AppendDeps,
): Promise<boolean> {
  if (links === current.links) return true;
  const type = updateTypes[kind];
  const version = restate(current, { type, topics: [type, linkedTopics[kind]], cause, links });
  return tryAppend(current, version, deps);
}
