import type { Instant } from './instant.ts';
import type { RecordAttributes, RecordKind } from './record.ts';
import { lockedStatuses } from './review-lock.ts';

/** For whom the review of an opportunity waits. */
export type ReviewWait = 'aws' | 'partner';

/** Returns undefined if the review waits for no one. */
export function reviewWaitOf(reviewStatus: string | undefined): ReviewWait | undefined {
  if (reviewStatus === undefined) return undefined;
  if (reviewStatus === 'Action Required') return 'partner';
  return lockedStatuses.includes(reviewStatus) ? 'aws' : undefined;
}

interface Waiting {
  readonly waitsSince?: Instant | undefined;
  readonly lastModifiedAt?: Instant | undefined;
}

/**
 * Since when a review that waits does so. States of earlier releases do not say it: then the last
 * change counts.
 */
export function waitingSince({ waitsSince, lastModifiedAt }: Waiting): Instant | undefined {
  return waitsSince ?? lastModifiedAt;
}

interface Reviewed {
  readonly kind: RecordKind;
  readonly attributes: Pick<RecordAttributes, 'reviewStatus'>;
}

/**
 * Returns `waitsSince` of the next state of a record. A wait that goes on keeps its beginning,
 * whatever else has changed. A new wait began when the record changed, and not before the last read
 * that returned another status: AWS may change a status and leave its timestamp.
 */
export function nextWaitsSince(
  { kind, attributes }: Reviewed,
  current: (Reviewed & Waiting & { readonly readAt: Instant }) | undefined,
  changedAt: Instant,
): Instant | undefined {
  const wait = reviewWaitOf(attributes.reviewStatus);
  if (kind !== 'opportunity' || wait === undefined) return undefined;
  if (!current) return changedAt;
  if (reviewWaitOf(current.attributes.reviewStatus) === wait) return waitingSince(current) ?? changedAt;
  return changedAt > current.readAt ? changedAt : current.readAt;
}
