import { epochMsOf, type Instant } from '../core/instant.ts';
import { textAt } from '../core/json.ts';
import { isExact } from '../core/link.ts';
import type { Listed } from '../core/partner-event.ts';
import type { Finding } from '../core/reconciled-event.ts';
import type { RecordHead } from '../ports/record-index.ts';
import type { ListedItem } from './lists.ts';

/** The pass that compares. */
export interface Comparison {
  readonly kind: Finding['kind'];
  readonly startedAt: Instant;
  /** Whether it has everything read again. */
  readonly full: boolean;
  /** Whether nothing of the kind was ever listed completely before. */
  readonly first: boolean;
  readonly now: Instant;
  /** How soon after a change its event has surely been dealt with. */
  readonly tellingMs: number;
}

/** What has to be sent. */
export interface Compared {
  readonly listed: Listed;
  /** Whether the table lacks it or holds it older; else it is only read again. */
  readonly changed: boolean;
}

/** Compares what a list shows with what the table holds. Undefined where there is nothing to be done. */
export function compare(
  item: ListedItem,
  stored: RecordHead | undefined,
  comparison: Comparison,
): Compared | undefined {
  const changed = isNews(item, stored, comparison);
  const drift = changed && !comparison.first && wasToBeTold(item, stored, comparison);
  if (comparison.full && (changed || isToBeReadAgain(item, stored, comparison)))
    return { listed: { status: item.status, drift }, changed };
  if (!changed) return undefined;
  return { listed: { lastModifiedAt: item.lastModifiedAt, status: item.status, drift }, changed };
}

function isNews(
  { lastModifiedAt, status }: ListedItem,
  stored: RecordHead | undefined,
  { kind, tellingMs }: Comparison,
): boolean {
  if (!stored) return true;
  // A list may be behind: nothing that is settled becomes PENDING again.
  if (kind === 'engagement-invitation')
    return status !== undefined && status !== 'PENDING' && status !== stored.status;
  if (lastModifiedAt === undefined) return false;
  // What has no stamp has none however often it is read: then it counts when it was read.
  return stored.lastModifiedAt === undefined
    ? epochMsOf(stored.readAt) <= epochMsOf(lastModifiedAt) + tellingMs
    : stored.lastModifiedAt < lastModifiedAt;
}

/**
 * AWS's side of an opportunity, and the members of an engagement, change without a stamp that a list shows: a full pass has
 * them read again. Of an invitation only its opportunity may be missing. Once is enough, however often the pass begins again.
 */
function isToBeReadAgain(
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

/** Whether an event should have told of it by now. Where no date says how old the news is, it is taken for old. */
function wasToBeTold(
  { lastModifiedAt, createdAt }: ListedItem,
  stored: RecordHead | undefined,
  { now, tellingMs }: Comparison,
): boolean {
  const changedAt = lastModifiedAt ?? (stored ? undefined : createdAt);
  return changedAt === undefined || epochMsOf(now) - epochMsOf(changedAt) > tellingMs;
}
