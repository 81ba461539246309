import { at, isJsonArray, type JsonObject, textAt } from '../core/json.ts';
import { type OpportunityEvent, unhandledError } from '../core/partner-event.ts';
import type { RecordKey } from '../core/record.ts';
import type { Observation, RecordState, Solution } from '../core/version.ts';
import type { SolutionNames } from '../ports/solution-names.ts';
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
  readOrRefusal,
  retryIfFresh,
} from './hydrate-deps.ts';

export interface HydrateOpportunityDeps extends HydrateDeps {
  readonly solutions: SolutionNames;
}

/** What a read showed of an opportunity, or of its summary. */
type ReadContent = Pick<Observation, 'payload' | 'solutions'>;

/**
 * Brings an opportunity and its AWS-side summary up to date: `Opportunity Updated` is sent for a change of either.
 * The opportunity goes first, so that what fails at the summary finds the opportunity reflected when it is tried again.
 * @param events of one opportunity, one or more.
 * @throws ServiceError of `partner-central.*` and `store.*`, `quota.waiting`.
 */
export async function hydrateOpportunity(
  events: readonly [OpportunityEvent, ...OpportunityEvent[]],
  hydration: HydrateOpportunityDeps,
): Promise<HydrationResult[]> {
  const [{ catalog, opportunityId: id }] = events;
  const opportunityKey: RecordKey = { catalog, kind: 'opportunity', id };
  const summaryKey: RecordKey = { catalog, kind: 'aws-opportunity-summary', id };
  const { records } = hydration;
  const [current, currentSummary] = await Promise.all([
    records.current(opportunityKey),
    records.current(summaryKey),
  ]);
  const opportunity = await bringUpToDate(opportunityKey, current, events, hydration, () =>
    readOpportunity(opportunityKey, events, hydration),
  );
  if (waitsForSubmission(opportunity.payload, current?.payload)) return [opportunity];
  const summary = await bringUpToDate(summaryKey, currentSummary, events, hydration, () =>
    readSummary(summaryKey, hydration),
  );
  return [opportunity, summary];
}

/**
 * AWS makes a summary when an opportunity is submitted, and nothing takes a submission back. So one that was seen as submitted
 * is, whatever a read from before it shows; and until then a read of the summary would be spent on nothing, for every event.
 */
function waitsForSubmission(...seen: readonly (JsonObject | undefined)[]): boolean {
  return seen.every(
    (payload) =>
      payload === undefined || textAt(payload, 'LifeCycle', 'ReviewStatus') === 'Pending Submission',
  );
}

async function bringUpToDate(
  key: RecordKey,
  current: RecordState | undefined,
  events: readonly OpportunityEvent[],
  hydration: HydrateDeps,
  read: () => Promise<ReadContent | undefined>,
): Promise<HydrationResult & Partial<ReadContent>> {
  if (isReflected(current, events, hydration.settleMs)) return hydrationResult(key, 'reflected', 0, events);
  const readAt = now(hydration.clock);
  const shown = await read();
  if (!shown) return hydrationResult(key, 'absent', 1, events);
  const cause = causeOf(events);
  const outcome = await storeObservation(key, current, () => ({ key, ...shown, readAt, cause }), hydration);
  if (outcome === 'behind' && isFresh(events, hydration)) throw behindError('GetOpportunity');
  return { ...hydrationResult(key, outcome, 1, events), payload: shown.payload };
}

/** A new opportunity may take some seconds until it can be read. */
async function readOpportunity(
  { catalog, id }: RecordKey,
  events: readonly OpportunityEvent[],
  hydration: HydrateOpportunityDeps,
): Promise<ReadContent> {
  const read = await readOrRefusal(() => hydration.partnerCentral.getOpportunity(catalog, id));
  if ('answer' in read)
    return { payload: read.answer, solutions: await solutionsOf(catalog, read.answer, hydration) };
  const tellingOfNew = events.filter(({ detailType }) => detailType !== 'Opportunity Updated');
  throw retryIfFresh(read.refusal, tellingOfNew, hydration);
}

/** With the name of each, where it is known. */
async function solutionsOf(
  catalog: string,
  payload: JsonObject,
  { solutions }: HydrateOpportunityDeps,
): Promise<Solution[]> {
  const named = at(payload, 'RelatedEntityIdentifiers', 'Solutions');
  const texts = isJsonArray(named) ? named.filter((id) => typeof id === 'string') : [];
  const ids = [...new Set(texts)];
  if (ids.length === 0) return [];
  const names = await solutions.namesOf(catalog, ids);
  return ids.map((id) => ({ id, name: names.get(id) }));
}

/** No summary is an outcome: it may come later than the submission. */
async function readSummary(
  { catalog, id }: RecordKey,
  { partnerCentral }: HydrateDeps,
): Promise<ReadContent | undefined> {
  const read = await readOrRefusal(() => partnerCentral.getAwsOpportunitySummary(catalog, id));
  if ('answer' in read) return { payload: read.answer };
  if (read.refusal.code === 'partner-central.not-found') return undefined;
  throw read.refusal;
}

/** What a queue of opportunity events is worked through with. */
export function opportunityWork(hydration: HydrateOpportunityDeps): BatchWork<OpportunityEvent> {
  return {
    expect: (event) => {
      if (event.kind !== 'opportunity') throw unhandledError(event);
      return event;
    },
    keyOf: ({ catalog, opportunityId }) => ({ catalog, kind: 'opportunity', id: opportunityId }),
    hydrate: (events) => hydrateOpportunity(events, hydration),
  };
}
