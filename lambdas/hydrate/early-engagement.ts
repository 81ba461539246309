import type { EngagementEvent } from '../core/partner-event.ts';
import type { HydrationResult } from './hydrate-deps.ts';
import { type EarlyReadDeps, readRecordEarly } from './read-early.ts';
import { aboutEngagement, readEngagement } from './read-engagement.ts';

/**
 * Reads an engagement early, without its links.
 * @param events all about one engagement.
 * @throws ServiceError `partner-central.*`, `store.*`, `quota.waiting`.
 */
export async function readEngagementEarly(
  events: readonly [EngagementEvent, ...EngagementEvent[]],
  deps: EarlyReadDeps,
): Promise<HydrationResult[]> {
  const [{ key }] = events;
  const current = await deps.records.current(key);
  if (aboutEngagement(events, current).length === 0) return [];
  const read = async () => {
    const { payload, reads } = await readEngagement(key, deps);
    return { content: { payload }, reads };
  };
  const engagement = await readRecordEarly(key, current, events, read, deps);
  return engagement ? [engagement] : [];
}
