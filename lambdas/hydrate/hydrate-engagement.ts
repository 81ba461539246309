import type { JsonObject } from '../core/json.ts';
import { type EngagementEvent, unhandledError } from '../core/partner-event.ts';
import type { RecordState } from '../core/version.ts';
import type { LinkableKey, LinkResult } from '../records/link-records.ts';
import { storeObservation } from '../records/store-observation.ts';
import type { BatchWork } from './hydrate-batch.ts';
import {
  behindError,
  causeOf,
  type HydrateDeps,
  type HydrationResult,
  hydrationResult,
  isFresh,
  isReflected,
  now,
  type Outcome,
  type Refusal,
  readOrRefusal,
  retryIfFresh,
} from './hydrate-deps.ts';
import {
  catchPendingLink,
  invitationsTo,
  type LinkDeps,
  linkToEngagement,
  mergeLinkResults,
  retryUntilStored,
} from './link-engagement.ts';

/**
 * Brings an engagement and its members up to date, and links it to the opportunity that a snapshot was made of.
 * @param events of one engagement, one or more.
 * @throws ServiceError of `partner-central.*` and `store.*`, `quota.waiting`.
 */
export async function hydrateEngagement(
  events: readonly [EngagementEvent, ...EngagementEvent[]],
  hydration: LinkDeps,
): Promise<HydrationResult[]> {
  const [{ catalog, engagementId: id }] = events;
  const key: LinkableKey = { catalog, kind: 'engagement', id };
  const current = await hydration.records.current(key);
  const { outcome, reads, refusal } = await bringUpToDate(key, current, events, hydration);
  const linking = await linkSnapshots(key, events, hydration);
  const missing = linking.missing.filter((each) => !refusal || each.kind !== 'engagement');
  const pending = await catchPendingLink(async () => retryUntilStored(missing, events, hydration));
  const hasNothing = outcome === 'absent' && linking.linked === 0;
  if (refusal && hasNothing && !pending && !(await isOnlyInvited(key, events, hydration))) throw refusal;
  return [{ ...hydrationResult(key, outcome, reads, events), pending }];
}

/** `refusal` where the engagement may not be read. */
async function bringUpToDate(
  key: LinkableKey,
  current: RecordState | undefined,
  events: readonly EngagementEvent[],
  hydration: LinkDeps,
): Promise<{ outcome: Outcome; reads: number; refusal?: Refusal }> {
  // A snapshot is of an opportunity: it changes nothing of an engagement, and comes with every update of the opportunity.
  const telling = current
    ? events.filter(({ detailType }) => detailType !== 'Engagement Resource Snapshot Created')
    : events;
  if (isReflected(current, telling, hydration.settleMs)) return { outcome: 'reflected', reads: 0 };
  const observed = { key, readAt: now(hydration.clock), cause: causeOf(events) };
  const read = await readOrRefusal(() => readEngagement(key, hydration));
  if ('answer' in read) {
    const { payload, reads } = read.answer;
    const outcome = await storeObservation(key, current, () => ({ ...observed, payload }), hydration);
    if (outcome === 'behind' && isFresh(events, hydration)) throw behindError('GetEngagement');
    return { outcome, reads };
  }
  const refusal = retryIfFresh(read.refusal, events, hydration);
  if (refusal.retry.kind === 'later') throw refusal;
  const isGone = current !== undefined && refusal.code === 'partner-central.not-found';
  return { outcome: isGone ? 'gone' : 'absent', reads: 1, refusal: read.refusal };
}

/** The engagement with its members in one, so that one history tells of both. */
async function readEngagement(
  { catalog, id }: LinkableKey,
  { partnerCentral }: HydrateDeps,
): Promise<{ payload: JsonObject; reads: number }> {
  const engagement = await partnerCentral.getEngagement(catalog, id);
  const members: JsonObject[] = [];
  let reads = 1;
  let nextToken: string | undefined;
  do {
    const page = await partnerCentral.listEngagementMembers(catalog, id, nextToken);
    members.push(...page.items);
    reads += 1;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return { payload: { ...engagement, EngagementMemberList: members }, reads };
}

/** Snapshots are also made of what other members have: only an opportunity of the partner's own is, or will be, stored. */
async function linkSnapshots(
  key: LinkableKey,
  events: readonly EngagementEvent[],
  hydration: LinkDeps,
): Promise<LinkResult> {
  const cause = causeOf(events);
  const snapshots = events.flatMap(({ snapshotOf }) => snapshotOf ?? []);
  const own = new Set(snapshots.flatMap(({ opportunityId, isOwn }) => (isOwn ? [opportunityId] : [])));
  let linking: LinkResult = { linked: 0, missing: [] };
  for (const id of new Set(snapshots.map(({ opportunityId }) => opportunityId))) {
    const opportunity: LinkableKey = { catalog: key.catalog, kind: 'opportunity', id };
    if (!own.has(id) && !(await hydration.records.current(opportunity))) continue;
    linking = mergeLinkResults(
      linking,
      await linkToEngagement(key, opportunity, 'snapshot', cause, hydration),
    );
  }
  return linking;
}

/**
 * AWS tells an update of an engagement to those who are invited, too. Whether they may read it before they accept is not
 * documented; where they may not, that is the normal course and nothing to look into: with the acceptance comes
 * `Engagement Member Added`. Whatever else may not be read is parked with its reason.
 */
async function isOnlyInvited(
  key: LinkableKey,
  events: readonly EngagementEvent[],
  hydration: LinkDeps,
): Promise<boolean> {
  if (events.some(({ detailType }) => detailType !== 'Engagement Updated')) return false;
  const invitations = await invitationsTo(key, hydration);
  const states = await Promise.all(invitations.map((each) => hydration.records.current(each)));
  return states.length > 0 && states.every((state) => state?.attributes.status !== 'ACCEPTED');
}

/** What a queue of engagement events is worked through with. */
export function engagementWork(hydration: LinkDeps): BatchWork<EngagementEvent> {
  return {
    expect: (event) => {
      if (event.kind !== 'engagement') throw unhandledError(event);
      return event;
    },
    keyOf: ({ catalog, engagementId }) => ({ catalog, kind: 'engagement', id: engagementId }),
    hydrate: (events) => hydrateEngagement(events, hydration),
  };
}
