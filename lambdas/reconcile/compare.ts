import { epochMsOf, type Instant } from '../core/instant.ts';
import { textAt } from '../core/json.ts';
import { isExact } from '../core/link.ts';
import type { Listed } from '../core/partner-event.ts';
import type { Finding } from '../core/reconciled-event.ts';
import type { RecordHead } from '../ports/record-index.ts';
import type { ListedItem } from './lists.ts';

/** What the comparison of an item depends on, besides the item. */
export interface Comparison {
  readonly kind: Finding['kind'];
  readonly startedAt: Instant;
  /** Whether the pass also requests reads of records that look unchanged in the list. */
  readonly full: boolean;
  /** Whether no pass over this list was ever complete. */
  readonly first: boolean;
  readonly now: Instant;
  readonly eventGraceMs: number;
  /** See `longestLagMs`. */
  readonly lagMs: number;
}

export interface Difference {
  /** What the list says, sent with the finding. */
  readonly listed: Listed;
  /**
   * True if the table lacks the record or may hold an older state. False if only a full pass
   * requests the read.
   */
  readonly isChange: boolean;
  /** True if the table lacks the record. */
  readonly isMissing: boolean;
}

/**
 * Compares a listed item with the stored record. Returns undefined if the record need not be read.
 */
export function compareItem(
  item: ListedItem,
  stored: RecordHead | undefined,
  comparison: Comparison,
): Difference | undefined {
  const isChange = mayDiffer(item, stored, comparison);
  const isMissing = stored === undefined;
  const drift = isChange && !comparison.first && isEventOverdue(item, stored, comparison);
  // Without `lastModifiedAt` the record is read in any case.
  if (comparison.full && (isChange || needsReadAgain(item, stored, comparison)))
    return { listed: { status: item.status, drift }, isChange, isMissing };
  if (!isChange) return undefined;
  const { lastModifiedAt, timestamp, status } = item;
  const unreadable = lastModifiedAt ? undefined : timestamp;
  return { listed: { lastModifiedAt, unreadable, status, drift }, isChange, isMissing };
}

/**
 * Whether AWS's timestamp is not a valid date-time, or is absent although the last read had one.
 */
export function hasUnreadableTimestamp(
  item: ListedItem,
  stored: RecordHead | 'set-aside' | undefined,
): boolean {
  if (item.isTimestampUnreadable) return true;
  const isAbsent = item.timestamp !== undefined && item.lastModifiedAt === undefined;
  return isAbsent && stored !== 'set-aside' && stored?.lastModifiedAt !== undefined;
}

/** Whether the listed state may be another one than the stored one, and not just an older one. */
function mayDiffer(
  { lastModifiedAt, timestamp, status }: ListedItem,
  stored: RecordHead | undefined,
  { kind, now, eventGraceMs, lagMs }: Comparison,
): boolean {
  if (!stored) return true;
  // A list may lag: a settled invitation never becomes PENDING again.
  if (kind === 'engagement-invitation')
    return status !== undefined && status !== 'PENDING' && status !== stored.status;
  // The event that had to look again was lost.
  if (stored.certainFrom && stored.readAt < stored.certainFrom && stored.certainFrom <= now) return true;
  if (timestamp === stored.lastModifiedAt || timestamp === stored.listedAs) return false;
  // AWS's clock may go backwards. A list that lags is no reason for it after this time.
  const isCertain = epochMsOf(now) - epochMsOf(stored.readAt) > lagMs;
  if (lastModifiedAt === undefined || isCertain) return true;
  // A stored record without a timestamp is compared by the time of its last read.
  return stored.lastModifiedAt === undefined
    ? epochMsOf(stored.readAt) <= epochMsOf(lastModifiedAt) + eventGraceMs
    : stored.lastModifiedAt < lastModifiedAt;
}

/**
 * Whether a full pass requests a read of a record that looks unchanged in the list. The AWS summary
 * of an opportunity and the members of an engagement can change without a change in the list. An
 * invitation is read only if the link to its opportunity is missing. A record that was read since
 * the pass started is not read again.
 */
function needsReadAgain(
  { status, known }: ListedItem,
  stored: RecordHead | undefined,
  { kind, startedAt }: Comparison,
): boolean {
  if (stored && stored.readAt >= startedAt) return false;
  if (kind !== 'engagement-invitation') return true;
  const isAcceptedOpportunity =
    status === 'ACCEPTED' && textAt(known, 'payloadType') === 'OpportunityInvitation';
  return isAcceptedOpportunity && !stored?.links.some((link) => link.kind === 'opportunity' && isExact(link));
}

/**
 * Whether an event should have reported the change by now. A change of unknown age counts as old.
 */
function isEventOverdue(
  { lastModifiedAt, createdAt }: ListedItem,
  stored: RecordHead | undefined,
  { now, eventGraceMs }: Comparison,
): boolean {
  const changedAt = lastModifiedAt ?? (stored ? undefined : createdAt);
  return changedAt === undefined || epochMsOf(now) - epochMsOf(changedAt) > eventGraceMs;
}
