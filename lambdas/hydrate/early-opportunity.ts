import type { JsonObject } from '../core/json.ts';
import type { OpportunityEvent } from '../core/partner-event.ts';
import type { HydrationResult } from './hydrate-deps.ts';
import { type HydrateOpportunityDeps, signalIfUnlocked } from './hydrate-opportunity.ts';
import { type EarlyReadDeps, readRecordEarly } from './read-early.ts';
import { nameKnownSolutions, readSummary } from './read-opportunity.ts';

/**
 * Reads an opportunity early. Its summary is read only if the opportunity has not changed, so that
 * most changes cost one early read. Left to the ripe read: the first state of a summary, and an
 * opportunity with a solution whose name would have to be read.
 * @param events all about one opportunity.
 * @throws ServiceError `partner-central.*`, `store.*`, `quota.waiting`.
 */
export async function* readOpportunityEarly(
  events: readonly [OpportunityEvent, ...OpportunityEvent[]],
  deps: HydrateOpportunityDeps & EarlyReadDeps,
): AsyncGenerator<HydrationResult> {
  const [{ key }] = events;
  const current = await deps.records.current(key);
  let payload: JsonObject | undefined;
  const read = async () => {
    payload = await deps.partnerCentral.getOpportunity(key.catalog, key.id);
    const solutions = await nameKnownSolutions(key.catalog, payload, deps);
    return { content: solutions && { payload, solutions } };
  };
  const opportunity = await readRecordEarly(key, current, events, read, deps);
  if (!opportunity) return;
  yield opportunity;
  await signalIfUnlocked(key, current, { ...opportunity, payload }, deps);
  if (opportunity.outcome !== 'unchanged') return;
  const summaryKey = { ...key, kind: 'aws-opportunity-summary' } as const;
  const summaryState = await deps.records.current(summaryKey);
  if (!summaryState) return;
  const readOfSummary = async () => ({ content: await readSummary(summaryKey, key, deps) });
  const summary = await readRecordEarly(summaryKey, summaryState, events, readOfSummary, deps);
  if (summary) yield summary;
}
