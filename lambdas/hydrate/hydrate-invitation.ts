import { type JsonObject, textAt } from '../core/json.ts';
import { type InvitationEvent, unhandledError } from '../core/partner-event.ts';
import { redactPayload } from '../core/redaction.ts';
import type { Observation, RecordState } from '../core/version.ts';
import type { LinkableKey } from '../records/link-records.ts';
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
import { catchPendingLink, type LinkDeps } from './link-engagement.ts';
import { linkInvitation } from './link-invitation.ts';

export interface HydrateInvitationDeps extends LinkDeps {
  /** Whether an invitation that was rejected or taken away loses its sensitive members. */
  readonly redactRejected: boolean;
}

const settledStatuses = ['ACCEPTED', 'REJECTED', 'EXPIRED'] as const;
type SettledStatus = (typeof settledStatuses)[number];

const settledByEvent: ReadonlyMap<string, SettledStatus> = new Map([
  ['Engagement Invitation Accepted', 'ACCEPTED'],
  ['Engagement Invitation Rejected', 'REJECTED'],
  ['Engagement Invitation Expired', 'EXPIRED'],
]);

/** The end of being PENDING that an event tells of: by its name, or of a list that showed it. */
function reportedStatus({ detailType, listed }: InvitationEvent): SettledStatus | undefined {
  return listed ? settledStatuses.find((status) => status === listed.status) : settledByEvent.get(detailType);
}

/**
 * Brings an invitation up to date and links it to what belongs to it; one whose data was taken away ends as a tombstone
 * built from the event. The links come last, and also where the state is reflected: when a worker ends between the two,
 * or something to link to is not stored yet, the same event does the rest when it comes again.
 * @param events of one invitation, one or more.
 * @throws ServiceError of `partner-central.*` and `store.*`, `quota.waiting`.
 */
export async function hydrateInvitation(
  events: readonly [InvitationEvent, ...InvitationEvent[]],
  hydration: HydrateInvitationDeps,
): Promise<HydrationResult[]> {
  const [{ catalog, invitationId: id }] = events;
  const key: LinkableKey = { catalog, kind: 'engagement-invitation', id };
  const current = await hydration.records.current(key);
  const reflected = isReflected(current, events, hydration.settleMs);
  const outcome = reflected ? 'reflected' : await bringUpToDate(key, current, events, hydration);
  let reads = reflected ? 0 : 1;
  const pending = await catchPendingLink(async () => {
    reads += await linkInvitation(key, events, hydration);
  });
  return [{ ...hydrationResult(key, outcome, reads, events), pending }];
}

async function bringUpToDate(
  key: LinkableKey,
  current: RecordState | undefined,
  events: readonly InvitationEvent[],
  hydration: HydrateInvitationDeps,
): Promise<Outcome> {
  const observed = { key, readAt: now(hydration.clock), cause: causeOf(events) };
  const storeAs = (seen: (standing: RecordState | undefined) => Pick<Observation, 'payload' | 'tombstone'>) =>
    storeObservation(
      key,
      current,
      (standing) => ({ ...observed, ...kept(seen(standing), hydration) }),
      hydration,
    );
  const read = await readOrRefusal(() =>
    hydration.partnerCentral.getEngagementInvitation(key.catalog, key.id),
  );
  if ('answer' in read) {
    const payload = reconcilePayload(read.answer, events, hydration);
    return storeAs(() => ({ payload }));
  }
  const ending = events.findLast(
    (event) => takesAccessAway(reportedStatus(event)) && isBelievable(event, read.refusal),
  );
  if (ending && !isSettledOtherwise(current, ending))
    return storeAs((standing) => tombstoneOf(standing, ending));
  // An older event that comes after the end: what it told is known to be over.
  if (current && current.statusRank > 0) return 'gone';
  const tellingOfNew = events.filter(
    ({ detailType, listed }) => listed !== undefined || detailType === 'Engagement Invitation Created',
  );
  throw retryIfFresh(read.refusal, tellingOfNew, hydration);
}

function takesAccessAway(status: SettledStatus | undefined): boolean {
  return status === 'REJECTED' || status === 'EXPIRED';
}

/** What only follows from a date is no reason to give an invitation up that for some other reason may not be read. */
function isBelievable({ listed }: InvitationEvent, { code }: Refusal): boolean {
  return !listed?.presumed || code === 'partner-central.not-found';
}

function isSettledOtherwise(state: RecordState | undefined, ending: InvitationEvent): boolean {
  return state !== undefined && state.statusRank > 0 && state.attributes.status !== reportedStatus(ending);
}

/** What was known before, or else what the event itself says, with the status that it tells. */
function tombstoneOf(
  standing: RecordState | undefined,
  ending: InvitationEvent,
): Pick<Observation, 'payload' | 'tombstone'> {
  const known = standing?.payload ?? ending.known;
  const isOther = isSettledOtherwise(standing, ending);
  return { payload: isOther ? known : withStatus(known, reportedStatus(ending)), tombstone: true };
}

/**
 * What may be kept of an invitation. One that merely expired stays as it is as long as AWS shows it: what became
 * inaccessible is to be removed, not what is over.
 */
function kept(
  seen: Pick<Observation, 'payload' | 'tombstone'>,
  { redactRejected }: HydrateInvitationDeps,
): Pick<Observation, 'payload' | 'tombstone' | 'redacted'> {
  const takenAway = seen.tombstone === true || textAt(seen.payload, 'Status') === 'REJECTED';
  if (!redactRejected || !takenAway) return seen;
  return { ...seen, payload: redactPayload(seen.payload), redacted: true };
}

/**
 * A read may trail its event by seconds, and is asked for again. After a while the event is believed, since an invitation
 * never becomes PENDING again: what the read showed, with the status that the newest event told. A list is a read like any
 * other: after the same while the later read is believed.
 * @throws ServiceError `partner-central.behind` (later).
 */
function reconcilePayload(
  payload: JsonObject,
  events: readonly InvitationEvent[],
  hydration: HydrateDeps,
): JsonObject {
  const settling = events.filter((event) => reportedStatus(event) !== undefined);
  if (settling.length === 0 || textAt(payload, 'Status') !== 'PENDING') return payload;
  if (isFresh(events, hydration)) throw behindError('GetEngagementInvitation');
  const told = settling.findLast(({ listed }) => !listed);
  return told ? withStatus(payload, reportedStatus(told)) : payload;
}

function withStatus(payload: JsonObject, status: SettledStatus | undefined): JsonObject {
  return status ? { ...payload, Status: status } : payload;
}

/** What a queue of invitation events is worked through with. */
export function invitationWork(hydration: HydrateInvitationDeps): BatchWork<InvitationEvent> {
  return {
    expect: (event) => {
      if (event.kind !== 'engagement-invitation') throw unhandledError(event);
      return event;
    },
    keyOf: ({ catalog, invitationId }) => ({ catalog, kind: 'engagement-invitation', id: invitationId }),
    hydrate: (events) => hydrateInvitation(events, hydration),
  };
}
