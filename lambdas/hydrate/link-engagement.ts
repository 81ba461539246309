import type { LinkBasis } from '../core/link.ts';
import { type RecordKey, recordPath } from '../core/record.ts';
import { isFailure, laterAfter, type Retry, ServiceError } from '../core/service-error.ts';
import type { Cause } from '../core/version.ts';
import type { RecordIndex } from '../ports/record-index.ts';
import { type LinkableKey, type LinkResult, linkRecords } from '../records/link-records.ts';
import { type HydrateDeps, isFresh, lookAgainMs, type Occasion } from './hydrate-deps.ts';

export interface LinkDeps extends HydrateDeps {
  readonly index: Pick<RecordIndex, 'ofEngagement' | 'opportunitiesTitled'>;
}

/**
 * What tells that an opportunity belongs to an engagement tells it of every invitation to that engagement. The engagement
 * comes first: an invitation that is stored meanwhile finds the opportunity there.
 */
export async function linkToEngagement(
  engagement: LinkableKey,
  opportunity: LinkableKey,
  via: LinkBasis,
  cause: Cause,
  hydration: LinkDeps,
): Promise<LinkResult> {
  let linking = await linkRecords(engagement, opportunity, via, cause, hydration);
  if (linking.missing.includes(opportunity)) return linking;
  for (const invitation of await invitationsTo(engagement, hydration)) {
    linking = mergeLinkResults(linking, await linkRecords(invitation, opportunity, via, cause, hydration));
  }
  return linking;
}

export async function invitationsTo(
  { catalog, id }: LinkableKey,
  { index }: LinkDeps,
): Promise<LinkableKey[]> {
  const keys = await index.ofEngagement(catalog, id);
  return keys.flatMap(({ kind, ...key }) => (kind === 'engagement-invitation' ? [{ ...key, kind }] : []));
}

export function mergeLinkResults(a: LinkResult, b: LinkResult): LinkResult {
  return { linked: a.linked + b.linked, missing: [...a.missing, ...b.missing] };
}

/**
 * Has fresh events come again while something is not there yet that would tell more. After that nobody waits for it: the
 * next event of either, or a full pass of `reconcile`, looks again.
 * @throws ServiceError `link.pending` (later).
 */
export function retryWhileFresh(
  [first]: readonly RecordKey[],
  events: readonly Occasion[],
  hydration: HydrateDeps,
): void {
  if (first && isFresh(events, hydration)) throw pendingLink(first, laterAfter(lookAgainMs));
}

/** Nine times with growing delays: about ten minutes. */
const maxLinkRetries = 9;

/**
 * The same where it is known exactly what belongs together. In a backlog an opportunity may be read long after its
 * snapshot was told, and nobody tells of that again: the event comes again for longer, and is parked in the end. How old it
 * is does not matter: after an outage, all of a backlog is old.
 * @throws ServiceError `link.pending` (later, a number of times).
 */
export function retryUntilStored(
  missing: readonly RecordKey[],
  events: readonly Occasion[],
  hydration: HydrateDeps,
): void {
  retryWhileFresh(missing, events, hydration);
  const opportunity = missing.find(({ kind }) => kind === 'opportunity');
  if (!opportunity || events.every(({ listed }) => listed)) return;
  throw pendingLink(opportunity, laterAfter(lookAgainMs, maxLinkRetries));
}

function pendingLink(missing: RecordKey, retry: Retry): ServiceError<'link.pending'> {
  return new ServiceError('link.pending', { record: recordPath(missing) }, { retry });
}

/** What is left to do where a record is not stored yet that another is to be linked to; all else is thrown. */
export async function catchPendingLink(
  link: () => Promise<void>,
): Promise<ServiceError<'link.pending'> | undefined> {
  try {
    await link();
    return undefined;
  } catch (error) {
    if (isFailure(error, 'link.pending')) return error;
    throw error;
  }
}
