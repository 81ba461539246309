import type { EngagementEvent } from '../core/partner-event.ts';
import type { RecordState } from '../core/version.ts';

/**
 * A snapshot event comes with every update of the opportunity. It says nothing new about an
 * engagement that is stored.
 */
export function aboutEngagement(
  events: readonly EngagementEvent[],
  current: RecordState | undefined,
): readonly EngagementEvent[] {
  if (!current) return events;
  return events.filter(({ detailType }) => detailType !== 'Engagement Resource Snapshot Created');
}
