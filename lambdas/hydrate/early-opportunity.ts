import type { OpportunityEvent } from '../core/partner-event.ts';
import type { HydrationResult } from './hydrate-deps.ts';
import { type HydrateOpportunityDeps, signalIfUnlocked } from './hydrate-opportunity.ts';
import { type EarlyReadDeps, readRecordEarly } from './read-early.ts';
import { type ReadContent, readOpportunity, readSummary } from './read-opportunity.ts';

/**
 * Reads an opportunity early. Its summary is read only if the opportunity has not changed, so that
 * most changes cost one early read. The first state of a summary is left to the ripe read.
 * @param events all about one opportunity.
 * @throws ServiceError `partner-central.*`, `store.*`, `quota.waiting`.
 */
export async function readOpportunityEarly(
  events: readonly [OpportunityEvent, ...OpportunityEvent[]],
  deps: HydrateOpportunityDeps & EarlyReadDeps,
): Promise<HydrationResult[]> {
  const [{ key }] = events;
  const current = await deps.records.current(key);
  let content: ReadContent | undefined;
  const read = async () => {
    content = await readOpportunity(key, events, deps);
    return { content };
  };
  const opportunity = await readRecordEarly(key, current, events, read, deps);
  if (!opportunity) return [];
  await signalIfUnlocked(key, current, { ...opportunity, payload: content?.payload }, deps);
  if (opportunity.outcome !== 'unchanged') return [opportunity];
  const summaryKey = { ...key, kind: 'aws-opportunity-summary' } as const;
  const summaryState = await deps.records.current(summaryKey);
  if (!summaryState) return [opportunity];
  const readOfSummary = async () => ({ content: await readSummary(summaryKey, key, deps) });
  const summary = await readRecordEarly(summaryKey, summaryState, events, readOfSummary, deps);
  return summary ? [opportunity, summary] : [opportunity];
}
