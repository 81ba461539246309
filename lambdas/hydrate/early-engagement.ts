import type { EngagementEvent } from '../core/partner-event.ts';
import { withMembers } from '../records/read-engagement.ts';
import { aboutEngagement } from './about-engagement.ts';
import type { HydrationResult } from './hydrate-deps.ts';
import { type EarlyReadDeps, readRecordEarly } from './read-early.ts';

/**
 * Reads an engagement early, without its links. If its members do not fit on one page, it is left
 * to the ripe read.
 * @param events all about one engagement.
 * @throws ServiceError `partner-central.*`, `store.*`, `quota.waiting`.
 */
export async function* readEngagementEarly(
  events: readonly [EngagementEvent, ...EngagementEvent[]],
  deps: EarlyReadDeps,
): AsyncGenerator<HydrationResult> {
  const [{ key }] = events;
  const current = await deps.records.current(key);
  if (aboutEngagement(events, current).length === 0) return;
  const read = async () => {
    const engagement = await deps.partnerCentral.getEngagement(key.catalog, key.id);
    const { items, nextToken } = await deps.partnerCentral.listEngagementMembers(
      key.catalog,
      key.id,
      undefined,
    );
    const payload = withMembers(engagement, items);
    return { content: nextToken === undefined ? { payload } : undefined, reads: 2 };
  };
  const engagement = await readRecordEarly(key, current, events, read, deps);
  if (engagement) yield engagement;
}
