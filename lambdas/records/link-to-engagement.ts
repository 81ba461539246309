import type { LinkBasis } from '../core/link.ts';
import type { Cause } from '../core/version.ts';
import type { RecordIndex } from '../ports/record-index.ts';
import type { AppendDeps } from './append.ts';
import { type LinkableKey, type LinkResult, linkRecords } from './link-records.ts';

export interface LinkToEngagementDeps extends AppendDeps {
  readonly index: Pick<RecordIndex, 'findByEngagement'>;
}

/**
 * Links an opportunity to an engagement and to every invitation to that engagement. The engagement
 * comes first: an invitation that is stored meanwhile then finds the opportunity there.
 */
export async function linkToEngagement(
  engagement: LinkableKey,
  opportunity: LinkableKey,
  via: LinkBasis,
  cause: Cause,
  deps: LinkToEngagementDeps,
): Promise<LinkResult> {
  let result = await linkRecords(engagement, opportunity, via, cause, deps);
  if (result.missing.includes(opportunity)) return result;
  for (const invitation of await findInvitations(engagement, deps)) {
    result = mergeLinkResults(result, await linkRecords(invitation, opportunity, via, cause, deps));
  }
  return result;
}

export async function findInvitations(
  { catalog, id }: LinkableKey,
  { index }: Pick<LinkToEngagementDeps, 'index'>,
): Promise<LinkableKey[]> {
  const keys = await index.findByEngagement(catalog, id);
  return keys.flatMap(({ kind, ...key }) => (kind === 'engagement-invitation' ? [{ ...key, kind }] : []));
}

export function mergeLinkResults(a: LinkResult, b: LinkResult): LinkResult {
  return { linked: a.linked + b.linked, missing: [...a.missing, ...b.missing] };
}
