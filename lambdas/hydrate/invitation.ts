import { type JsonObject, textAt } from '../core/json.ts';
import { type InvitationEvent, unhandled } from '../core/partner-event.ts';
import type { RecordKey } from '../core/record.ts';
import { isFailure, laterAfter, ServiceError } from '../core/service-error.ts';
import type { Observation, RecordState } from '../core/version.ts';
import type { BatchWork } from './batch.ts';
import {
  causeOf,
  type Hydrated,
  type Hydration,
  isFresh,
  isReflected,
  laterIfEarly,
  lookAgainMs,
  now,
  store,
} from './hydration.ts';

/** The status that an event tells by its name; after the last two, reading may no longer be allowed. */
const toldStatus = {
  'Engagement Invitation Created': 'PENDING',
  'Engagement Invitation Accepted': 'ACCEPTED',
  'Engagement Invitation Rejected': 'REJECTED',
  'Engagement Invitation Expired': 'EXPIRED',
} as const;

/**
 * Brings an invitation up to date; one whose data was taken away ends as a tombstone built from the event.
 * @param events of one invitation, one or more.
 * @throws ServiceError of `partner-central.*` and `store.*`.
 */
export async function hydrateInvitation(
  events: readonly [InvitationEvent, ...InvitationEvent[]],
  hydration: Hydration,
): Promise<Hydrated[]> {
  const [{ catalog, invitationId: id }] = events;
  const key: RecordKey = { catalog, kind: 'engagement-invitation', id };
  const current = await hydration.records.current(key);
  if (isReflected(current, events, hydration.settleMs)) return [{ key, outcome: 'reflected', reads: 0 }];
  const readAt = now(hydration.clock);
  const observed = { key, readAt, cause: causeOf(events) };
  try {
    const read = await hydration.partnerCentral.getEngagementInvitation(catalog, id);
    const payload = believed(read, events, hydration);
    return [
      { key, outcome: await store(key, current, () => ({ ...observed, payload }), hydration), reads: 1 },
    ];
  } catch (error) {
    // Which refusal it is once access was taken away is not documented.
    if (
      !isFailure(
        error,
        'partner-central.access-denied',
        'partner-central.not-found',
        'partner-central.invalid',
      )
    )
      throw error;
    const ending = events.findLast(({ detailType }) => takesAccessAway(detailType));
    if (ending) {
      const tombstone = (standing: RecordState | undefined) => ({
        ...observed,
        ...tombstoneOf(standing, ending),
      });
      return [{ key, outcome: await store(key, current, tombstone, hydration), reads: 1 }];
    }
    // An older event that comes after the end: what it told is known to be over.
    if (current && current.statusRank > 0) return [{ key, outcome: 'gone', reads: 1 }];
    throw laterIfEarly(error, 'Engagement Invitation Created', events, hydration);
  }
}

function takesAccessAway(detailType: InvitationEvent['detailType']): boolean {
  return toldStatus[detailType] === 'REJECTED' || toldStatus[detailType] === 'EXPIRED';
}

/** What was known before, or else what the event itself says, with the status that it tells. */
function tombstoneOf(
  standing: RecordState | undefined,
  ending: InvitationEvent,
): Pick<Observation, 'payload' | 'tombstone'> {
  return {
    payload: { ...(standing?.payload ?? ending.known), Status: toldStatus[ending.detailType] },
    tombstone: true,
  };
}

/**
 * A read may trail its event by seconds, and is asked for again. After a while the event is believed, since an invitation
 * never becomes PENDING again: what the read showed, with the status that the newest event told.
 * @throws ServiceError `partner-central.behind` (later).
 */
function believed(payload: JsonObject, events: readonly InvitationEvent[], hydration: Hydration): JsonObject {
  const settling = events.findLast(({ detailType }) => toldStatus[detailType] !== 'PENDING');
  if (!settling || textAt(payload, 'Status') !== 'PENDING') return payload;
  if (!isFresh(events, hydration)) return { ...payload, Status: toldStatus[settling.detailType] };
  throw new ServiceError(
    'partner-central.behind',
    { operation: 'GetEngagementInvitation' },
    { retry: laterAfter(lookAgainMs) },
  );
}

/** What a queue of invitation events is worked through with. */
export function invitationWork(hydration: Hydration): BatchWork<InvitationEvent> {
  return {
    expect: (event) => {
      if (event.kind !== 'engagement-invitation') throw unhandled(event);
      return event;
    },
    keyOf: ({ catalog, invitationId }) => ({ catalog, kind: 'engagement-invitation', id: invitationId }),
    hydrate: (events) => hydrateInvitation(events, hydration),
  };
}
