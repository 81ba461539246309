import type { JsonObject } from '../core/json.ts';
import type { EngagementEvent } from '../core/partner-event.ts';
import type { RecordState } from '../core/version.ts';
import type { LinkableKey } from '../records/link-records.ts';
import type { HydrateDeps } from './hydrate-deps.ts';
import { listPages } from './list-pages.ts';

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

/** Of ten members each. */
const mostMemberPages = 100;

/**
 * Reads the engagement and all pages of its members into one payload, so that versions of the
 * engagement include its members.
 */
export async function readEngagement(
  { catalog, id }: LinkableKey,
  { partnerCentral }: Pick<HydrateDeps, 'partnerCentral'>,
): Promise<{ payload: JsonObject; reads: number }> {
  const engagement = await partnerCentral.getEngagement(catalog, id);
  const members: JsonObject[] = [];
  let reads = 1;
  const pages = listPages('ListEngagementMembers', mostMemberPages, (nextToken) =>
    partnerCentral.listEngagementMembers(catalog, id, nextToken),
  );
  for await (const { items } of pages) {
    members.push(...items);
    reads += 1;
  }
  return { payload: withMembers(engagement, members), reads };
}

export function withMembers(engagement: JsonObject, members: readonly JsonObject[]): JsonObject {
  return { ...engagement, EngagementMemberList: members };
}
