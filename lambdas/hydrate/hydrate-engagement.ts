import { isTimestampUnreadable } from '../core/freshness.ts';
import { instantOf } from '../core/instant.ts';
import type { EngagementEvent } from '../core/partner-event.ts';
import type { ServiceError } from '../core/service-error.ts';
import type { RecordState } from '../core/version.ts';
import type { LinkableKey, LinkResult } from '../records/link-records.ts';
import { findInvitations, linkToEngagement, mergeLinkResults } from '../records/link-to-engagement.ts';
import { readEngagement } from '../records/read-engagement.ts';
import { type Refusal, readOrRefusal } from '../records/read-or-refusal.ts';
import { storeObservation } from '../records/store-observation.ts';
import { aboutEngagement } from './about-engagement.ts';
import { causeOf, isReflected, listedAsOf } from './events.ts';
import { type HydrationResult, hydrationResult } from './hydrate-deps.ts';
import { catchPendingLink, type LinkDeps, retryUntilStored } from './link-engagement.ts';
import { linkLeadInvitations } from './link-lead.ts';
import { lookAgainIfUncertain, retryIfFresh } from './read.ts';

/**
 * Reads and stores an engagement with its members, and links it to the opportunities that snapshots
 * were made of.
 * @param events all about one engagement.
 * @throws ServiceError `partner-central.*`, `store.*`, `quota.waiting`.
 */
export async function hydrateEngagement(
  events: readonly [EngagementEvent, ...EngagementEvent[]],
  deps: LinkDeps,
): Promise<HydrationResult[]> {
  const [{ key }] = events;
  const current = await deps.records.current(key);
  const { outcome, reads, refusal, uncertain, ...timestamp } = await bringUpToDate(
    key,
    current,
    events,
    deps,
  );
  const { linked, missing } = await linkSnapshots(key, events, deps);
  if (!refusal) await linkLeadInvitations(key, causeOf(events), deps);
  // An engagement that may not be read will not be stored, so its links are not retried.
  const expected = missing.filter(({ kind }) => !refusal || kind !== 'engagement');
  const pending = uncertain ?? (await catchPendingLink(async () => retryUntilStored(expected, events, deps)));
  const foundNothing = outcome === 'absent' && linked === 0 && !pending;
  if (refusal && foundNothing) await throwUnlessInvited(refusal, key, events, deps);
  return [{ ...hydrationResult(key, outcome, reads, events), ...timestamp, pending }];
}

interface EngagementResult extends Pick<HydrationResult, 'outcome' | 'reads' | 'isTimestampUnreadable'> {
  readonly refusal?: Refusal;
  readonly uncertain?: ServiceError | undefined;
}

/**
 * @returns `refusal` if the engagement may not be read, `uncertain` if the events are retried.
 */
async function bringUpToDate(
  key: LinkableKey,
  current: RecordState | undefined,
  events: readonly EngagementEvent[],
  deps: LinkDeps,
): Promise<EngagementResult> {
  if (isReflected(current, aboutEngagement(events, current), deps)) return { outcome: 'reflected', reads: 0 };
  const observed = { key, readAt: instantOf(deps.clock.nowMs()), cause: causeOf(events) };
  const read = await readOrRefusal(() => readEngagement(key, deps));
  if ('answer' in read) {
    const { payload, reads } = read.answer;
    const observation = {
      ...observed,
      payload,
      listedAs: listedAsOf(events, { ...observed, payload }, deps),
    };
    const stored = await storeObservation(key, current, () => observation, deps);
    const uncertain = lookAgainIfUncertain('GetEngagement', stored, deps);
    const unreadable = isTimestampUnreadable(key.kind, payload, current?.payload);
    return { outcome: stored.outcome, reads, uncertain, isTimestampUnreadable: unreadable };
  }
  const refusal = retryIfFresh(read.refusal, events, deps);
  if (refusal.retry.kind === 'later') throw refusal;
  const isGone = current !== undefined && refusal.code === 'partner-central.not-found';
  return { outcome: isGone ? 'gone' : 'absent', reads: 1, refusal: read.refusal };
}

/**
 * Links the opportunities that snapshots were made of. Snapshots of other members' opportunities
 * are skipped: an opportunity is this partner's if the event says so or if it is stored.
 */
async function linkSnapshots(
  key: LinkableKey,
  events: readonly EngagementEvent[],
  deps: LinkDeps,
): Promise<LinkResult> {
  const cause = causeOf(events);
  const snapshots = events.flatMap(({ snapshotOf }) => snapshotOf ?? []);
  const ownIds = new Set(snapshots.flatMap(({ opportunityId, isOwn }) => (isOwn ? [opportunityId] : [])));
  let result: LinkResult = { linked: 0, missing: [] };
  for (const id of new Set(snapshots.map(({ opportunityId }) => opportunityId))) {
    const opportunity: LinkableKey = { catalog: key.catalog, kind: 'opportunity', id };
    if (!ownIds.has(id) && !(await deps.records.current(opportunity))) continue;
    result = mergeLinkResults(result, await linkToEngagement(key, opportunity, 'snapshot', cause, deps));
  }
  return result;
}

/**
 * AWS also sends `Engagement Updated` to invited partners. It is not documented whether they may
 * read the engagement already. A refusal is normal: `Engagement Member Added` follows later.
 */
async function throwUnlessInvited(
  refusal: Refusal,
  key: LinkableKey,
  events: readonly EngagementEvent[],
  deps: LinkDeps,
): Promise<void> {
  if (events.some(({ detailType }) => detailType !== 'Engagement Updated')) throw refusal;
  const invitations = await findInvitations(key, deps);
  const states = await Promise.all(invitations.map((each) => deps.records.current(each)));
  const isMember = states.some((state) => state?.attributes.status === 'ACCEPTED');
  if (states.length === 0 || isMember) throw refusal;
}
