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
import type { HydrateDeps } from '../hydrate/hydrate-deps.ts';
import { tryAppend, withOptimisticLock } from './store-observation.ts';

/** A record of a kind that is linked to others. */
export interface LinkableKey extends RecordKey {
  readonly kind: LinkedKind;
}

type LinkParts = Pick<HydrateDeps, 'records' | 'clock' | 'outboxGraceMs'>;

/** What became of pairs that belong together. */
export interface LinkResult {
  /** How many pairs have their links now. */
  readonly linked: number;
  /** Records that are not stored, so that a pair has none. */
  readonly missing: readonly LinkableKey[];
}

/**
 * Gives two records the link to each other, as a version of each that does not have it yet. What is exact takes the place of
 * guesses; a guess that either of them does not take is taken back. Safe to repeat, and to do twice at once.
 * @throws ServiceError `store.unavailable`, `store.contended` (later), `store.refused` (never).
 */
export async function linkRecords(
  a: LinkableKey,
  b: LinkableKey,
  via: LinkBasis,
  cause: Cause,
  hydration: LinkParts,
): Promise<LinkResult> {
  const { records } = hydration;
  const [stateOfA, stateOfB] = await Promise.all([records.current(a), records.current(b)]);
  const missing = [...(stateOfA ? [] : [a]), ...(stateOfB ? [] : [b])];
  if (missing.length > 0) return { linked: 0, missing };
  const isTaken =
    (await addLink(a, stateOfA, { kind: b.kind, id: b.id, via }, cause, hydration)) &&
    (await addLink(b, stateOfB, { kind: a.kind, id: a.id, via }, cause, hydration));
  // While the guess was given to `b`, something exact may have taken its place at `a`.
  if (isExact({ via }) || (isTaken && (await hasLink(a, b, hydration)))) return { linked: 1, missing };
  await removeGuess(a, b, cause, hydration);
  await removeGuess(b, a, cause, hydration);
  return { linked: 0, missing };
}

/** @returns whether the record has a link to that other one now: a guess may not be taken. */
async function addLink(
  from: LinkableKey,
  known: RecordState | undefined,
  link: Link,
  cause: Cause,
  hydration: LinkParts,
): Promise<boolean> {
  return withOptimisticLock(from, known, hydration.records, async (current) => {
    if (!current) return false;
    const links = withLink(current.links, link);
    const guesses = current.links.filter((each) => !links.some((kept) => leadsTo(kept, each)));
    const unlinkGuessed = async () => {
      for (const { kind, id } of guesses)
        await removeGuess({ catalog: from.catalog, kind, id }, from, cause, hydration);
    };
    // Before, since nothing here tells of the guessed record afterwards, should this worker end in between.
    await unlinkGuessed();
    if (!(await tryRelink(current, from.kind, links, cause, hydration))) return undefined;
    // And after, since another worker may just have completed the guess.
    await unlinkGuessed();
    return links.some((each) => leadsTo(each, link));
  });
}

async function removeGuess(
  from: LinkableKey,
  end: LinkEnd,
  cause: Cause,
  hydration: LinkParts,
): Promise<void> {
  const known = await hydration.records.current(from);
  await withOptimisticLock(from, known, hydration.records, async (current) => {
    if (!current) return true;
    const links = withoutGuess(current.links, end);
    return (await tryRelink(current, from.kind, links, cause, hydration)) || undefined;
  });
}

async function hasLink(from: LinkableKey, end: LinkEnd, { records }: LinkParts): Promise<boolean> {
  const current = await records.current(from);
  return current !== undefined && current.links.some((each) => leadsTo(each, end));
}

const updateTypes = {
  opportunity: 'opportunity.updated',
  'engagement-invitation': 'engagement_invitation.updated',
  engagement: 'engagement.updated',
} as const satisfies Record<LinkedKind, MessageType>;

/** False where the race was lost. */
async function tryRelink(
  current: RecordState,
  kind: LinkedKind,
  links: readonly Link[],
  cause: Cause,
  hydration: LinkParts,
): Promise<boolean> {
  if (links === current.links) return true;
  const type = updateTypes[kind];
  const version = restate(current, { type, topics: [type, linkedTopics[kind]], cause, links });
  return tryAppend(current, version, hydration);
}
