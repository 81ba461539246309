import { instantOf } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import type { InvitationEvent } from '../core/partner-event.ts';
import { redactIfTakenAway } from '../core/redaction.ts';
import type { Observation, RecordState } from '../core/version.ts';
import type { LinkableKey } from '../records/link-records.ts';
import { type Refusal, readOrRefusal } from '../records/read-or-refusal.ts';
import { type StoreResult, storeObservation } from '../records/store-observation.ts';
import { causeOf, isFresh, isReflected } from './events.ts';
import { type HydrateDeps, type HydrationResult, hydrationResult, type Outcome } from './hydrate-deps.ts';
import { catchPendingLink, type LinkDeps } from './link-engagement.ts';
import { linkInvitation } from './link-invitation.ts';
import { behindError, lookAgainIfUncertain, retryIfFresh } from './read.ts';

export interface HydrateInvitationDeps extends LinkDeps {
  /** Whether an invitation that was rejected or taken away loses its sensitive members. */
  readonly redactRejected: boolean;
}

/**
 * Reads and stores an invitation and links it to related records. An invitation that AWS took away
 * becomes a tombstone built from the event. Links come last, and also if the state is reflected: if
 * the worker ends between the two steps, or a related record is not stored yet, the next delivery
 * of the same event does the rest.
 * @param events all about one invitation.
 * @throws ServiceError `partner-central.*`, `store.*`, `quota.waiting`.
 */
export async function hydrateInvitation(
  events: readonly [InvitationEvent, ...InvitationEvent[]],
  deps: HydrateInvitationDeps,
): Promise<HydrationResult[]> {
  const [{ key }] = events;
  const current = await deps.records.current(key);
  const reflected = isReflected(current, events, deps);
  const stored: InvitationResult = reflected
    ? { outcome: 'reflected' }
    : await bringUpToDate(key, current, events, deps);
  let reads = reflected ? 0 : 1;
  const pending = await catchPendingLink(async () => {
    reads += await linkInvitation(key, events, deps);
  });
  const uncertain = lookAgainIfUncertain('GetEngagementInvitation', stored, deps);
  return [{ ...hydrationResult(key, stored.outcome, reads, events), pending: uncertain ?? pending }];
}

type InvitationResult = { readonly outcome: Outcome } & Pick<StoreResult, 'certainFrom'>;
type InvitationContent = Pick<Observation, 'payload' | 'tombstone' | 'redacted'>;

async function bringUpToDate(
  key: LinkableKey,
  current: RecordState | undefined,
  events: readonly InvitationEvent[],
  deps: HydrateInvitationDeps,
): Promise<InvitationResult> {
  const observed = { key, readAt: instantOf(deps.clock.nowMs()), cause: causeOf(events) };
  const store = (contentFor: (current: RecordState | undefined) => InvitationContent) =>
    storeObservation(
      key,
      current,
      (latest) => ({ ...observed, ...redactIfTakenAway(contentFor(latest), deps.redactRejected) }),
      deps,
    );
  const read = await readOrRefusal(() => deps.partnerCentral.getEngagementInvitation(key.catalog, key.id));
  if ('answer' in read) {
    const payload = applyReportedStatus(read.answer, events, deps);
    return store(() => ({ payload }));
  }
  const ending = events.findLast(
    (event) => takesAccessAway(reportedStatus(event)) && explainsRefusal(event, read.refusal),
  );
  if (ending && !hasOtherFinalStatus(current, ending)) return store((latest) => tombstoneOf(latest, ending));
  // The invitation has ended already, so what an older event reports is over.
  if (current && current.statusRank > 0) return { outcome: 'gone' };
  const creations = events.filter(
    ({ detailType, listed }) => listed !== undefined || detailType === 'Engagement Invitation Created',
  );
  throw retryIfFresh(read.refusal, creations, deps);
}

const finalStatuses = ['ACCEPTED', 'REJECTED', 'EXPIRED'] as const;
type FinalStatus = (typeof finalStatuses)[number];

const statusByDetailType: ReadonlyMap<string, FinalStatus> = new Map([
  ['Engagement Invitation Accepted', 'ACCEPTED'],
  ['Engagement Invitation Rejected', 'REJECTED'],
  ['Engagement Invitation Expired', 'EXPIRED'],
]);

/** The final status that an event reports, by its detail-type or from the list of `reconcile`. */
function reportedStatus({ detailType, listed }: InvitationEvent): FinalStatus | undefined {
  return listed
    ? finalStatuses.find((status) => status === listed.status)
    : statusByDetailType.get(detailType);
}

/**
 * A read may lag behind its event by seconds: it is retried while an event is fresh. After that the
 * newest event of AWS is believed, since an invitation never becomes PENDING again. A list of
 * `reconcile` is a read itself: after the same time the later read is believed.
 * @throws ServiceError `partner-central.behind` (later).
 */
export function applyReportedStatus(
  payload: JsonObject,
  events: readonly InvitationEvent[],
  deps: Pick<HydrateDeps, 'clock' | 'freshMs'>,
): JsonObject {
  const endings = events.filter((event) => reportedStatus(event) !== undefined);
  if (endings.length === 0 || textAt(payload, 'Status') !== 'PENDING') return payload;
  if (isFresh(events, deps)) throw behindError('GetEngagementInvitation');
  const sentByAws = endings.findLast(({ listed }) => !listed);
  return sentByAws ? withStatus(payload, reportedStatus(sentByAws)) : payload;
}

function withStatus(payload: JsonObject, status: FinalStatus | undefined): JsonObject {
  return status ? { ...payload, Status: status } : payload;
}

function takesAccessAway(status: FinalStatus | undefined): boolean {
  return status === 'REJECTED' || status === 'EXPIRED';
}

/** A presumed expiration explains `not-found` alone: access may be denied for another reason. */
function explainsRefusal({ listed }: InvitationEvent, { code }: Refusal): boolean {
  return !listed?.presumed || code === 'partner-central.not-found';
}

function hasOtherFinalStatus(state: RecordState | undefined, ending: InvitationEvent): boolean {
  return state !== undefined && state.statusRank > 0 && state.attributes.status !== reportedStatus(ending);
}

/** The stored payload, or else what the event says, with the status that the event reports. */
function tombstoneOf(current: RecordState | undefined, ending: InvitationEvent): InvitationContent {
  const payload = current?.payload ?? ending.known;
  const status = hasOtherFinalStatus(current, ending) ? undefined : reportedStatus(ending);
  return { payload: withStatus(payload, status), tombstone: true };
}
