import type { Instant } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import { type OpportunityEvent, unhandled } from '../core/partner-event.ts';
import type { RecordKey } from '../core/record.ts';
import { isFailure, laterAfter, ServiceError } from '../core/service-error.ts';
import type { RecordState } from '../core/version.ts';
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

/**
 * Brings an opportunity and its AWS-side summary up to date: `Opportunity Updated` is sent for a change of either.
 * The opportunity goes first, so that what fails at the summary finds the opportunity reflected when it is tried again.
 * @param events of one opportunity, one or more.
 * @throws ServiceError of `partner-central.*` and `store.*`.
 */
export async function hydrateOpportunity(
  events: readonly [OpportunityEvent, ...OpportunityEvent[]],
  hydration: Hydration,
): Promise<Hydrated[]> {
  const [{ catalog, opportunityId: id }] = events;
  const opportunityKey: RecordKey = { catalog, kind: 'opportunity', id };
  const summaryKey: RecordKey = { catalog, kind: 'aws-opportunity-summary', id };
  const { partnerCentral, records } = hydration;
  const [current, currentSummary] = await Promise.all([
    records.current(opportunityKey),
    records.current(summaryKey),
  ]);
  const opportunity = await bringUpToDate(opportunityKey, current, events, hydration, () =>
    readOpportunity(() => partnerCentral.getOpportunity(catalog, id), events, hydration),
  );
  const submitted =
    textAt(opportunity.payload ?? current?.payload, 'LifeCycle', 'ReviewStatus') !== 'Pending Submission';
  const summary = await bringUpToDate(summaryKey, currentSummary, events, hydration, () =>
    readSummary(() => partnerCentral.getAwsOpportunitySummary(catalog, id), submitted),
  );
  return [opportunity, summary];
}

async function bringUpToDate(
  key: RecordKey,
  current: RecordState | undefined,
  events: readonly OpportunityEvent[],
  hydration: Hydration,
  read: () => Promise<JsonObject | undefined>,
): Promise<Hydrated & { readonly payload?: JsonObject }> {
  if (isReflected(current, events, hydration.settleMs)) return { key, outcome: 'reflected', reads: 0 };
  const readAt: Instant = now(hydration.clock);
  const payload = await read();
  if (!payload) return { key, outcome: 'absent', reads: 1 };
  const cause = causeOf(events);
  const outcome = await store(key, current, () => ({ key, payload, readAt, cause }), hydration);
  if (outcome !== 'behind' || !isFresh(events, hydration)) return { key, outcome, reads: 1, payload };
  throw new ServiceError(
    'partner-central.behind',
    { operation: 'GetOpportunity' },
    { retry: laterAfter(lookAgainMs) },
  );
}

/** A new opportunity may take some seconds until it can be read. */
async function readOpportunity(
  read: () => Promise<JsonObject>,
  events: readonly OpportunityEvent[],
  hydration: Hydration,
): Promise<JsonObject> {
  try {
    return await read();
  } catch (error) {
    throw isFailure(error, 'partner-central.not-found')
      ? laterIfEarly(error, 'Opportunity Created', events, hydration)
      : error;
  }
}

/**
 * No summary is an outcome: AWS makes one when the opportunity is submitted. What it answers before that is not documented,
 * so any refusal means the same as long as the opportunity itself says that it waits for submission.
 */
async function readSummary(
  read: () => Promise<JsonObject>,
  submitted: boolean,
): Promise<JsonObject | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isFailure(error, 'partner-central.not-found')) return undefined;
    const refused = isFailure(error, 'partner-central.access-denied', 'partner-central.invalid');
    if (refused && !submitted) return undefined;
    throw error;
  }
}

/** What a queue of opportunity events is worked through with. */
export function opportunityWork(hydration: Hydration): BatchWork<OpportunityEvent> {
  return {
    expect: (event) => {
      if (event.kind !== 'opportunity') throw unhandled(event);
      return event;
    },
    keyOf: ({ catalog, opportunityId }) => ({ catalog, kind: 'opportunity', id: opportunityId }),
    hydrate: (events) => hydrateOpportunity(events, hydration),
  };
}
