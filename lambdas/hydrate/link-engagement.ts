import type { PartnerEvent } from '../core/partner-event.ts';
import { type RecordKey, recordPath } from '../core/record.ts';
import { isFailure, laterAfter, type Retry, ServiceError } from '../core/service-error.ts';
import type { RecordIndex } from '../ports/record-index.ts';
import { isFresh } from './events.ts';
import type { HydrateDeps } from './hydrate-deps.ts';
import { lookAgainMs } from './read.ts';

/** What hydrating needs for a record that is linked to others. */
export interface LinkDeps extends HydrateDeps {
  readonly index: Pick<RecordIndex, 'findByEngagement' | 'findOpportunitiesByTitle'>;
}

/**
 * Retries fresh events while a record is missing that would add a link. After that the next event
 * of either record, or a full pass of `reconcile`, adds the link.
 * @throws ServiceError `link.pending` (later).
 */
export function retryWhileFresh(
  [missing]: readonly RecordKey[],
  events: readonly PartnerEvent[],
  deps: HydrateDeps,
): void {
  if (missing && isFresh(events, deps)) throw pendingLinkError(missing, laterAfter(lookAgainMs));
}

/** With growing delays this takes about ten minutes. */
const maxLinkRetries = 9;

/**
 * Like `retryWhileFresh`, for links that are known exactly. In a backlog an opportunity may be read
 * long after its snapshot event, and no other event reports that link: the event is retried for
 * longer, whatever its age, and parked in the end.
 * @throws ServiceError `link.pending` (later, a limited number of times).
 */
export function retryUntilStored(
  missing: readonly RecordKey[],
  events: readonly PartnerEvent[],
  deps: HydrateDeps,
): void {
  retryWhileFresh(missing, events, deps);
  const opportunity = missing.find(({ kind }) => kind === 'opportunity');
  if (!opportunity || events.every(({ listed }) => listed)) return;
  throw pendingLinkError(opportunity, laterAfter(lookAgainMs, maxLinkRetries));
}

function pendingLinkError(missing: RecordKey, retry: Retry): ServiceError<'link.pending'> {
  return new ServiceError('link.pending', { record: recordPath(missing) }, { retry });
}

/** Returns the error if a record to link to is not stored yet; rethrows any other error. */
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
