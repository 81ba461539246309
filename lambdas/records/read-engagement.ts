import type { JsonObject } from '../core/json.ts';
import type { RecordKey } from '../core/record.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import { listPages } from './list-pages.ts';

/** Of ten members each. */
const mostMemberPages = 100;

export interface ReadEngagementDeps {
  readonly partnerCentral: Pick<PartnerCentral, 'getEngagement' | 'listEngagementMembers'>;
}

/**
 * Reads the engagement and all pages of its members into one payload, so that versions of the
 * engagement include its members.
 */
export async function readEngagement(
  { catalog, id }: Pick<RecordKey, 'catalog' | 'id'>,
  { partnerCentral }: ReadEngagementDeps,
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
