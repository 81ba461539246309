import type { Instant } from '../core/instant.ts';
import type { LineKey } from '../core/line.ts';
import type { ClaimedLine, LineUpdate } from '../ports/command-store.ts';
import type { Attributes } from './dynamodb-attributes.ts';
import { changesOf, isOwn, lineWrite } from './line-expressions.ts';
import { dueLine, unreadableLine } from './line-item.ts';

/** Whether a line that was not claimed is due: then it was edited by hand and is invalid. */
export function isDueItem({ due, dueAt }: Attributes, now: Instant): boolean {
  return due !== undefined && dueAt?.S !== undefined && dueAt.S <= now;
}

const isDue = 'attribute_exists(due) AND dueAt <= :now';
/** Otherwise DynamoDB refuses to add to it. */
const hasCount = 'attribute_type(fruitlessClaims, :number)';

export function claimOf(table: string, key: LineKey, claimId: string, now: Instant, leaseEndsAt: Instant) {
  return lineWrite(table, key, {
    sets: { claimId, due: dueLine, dueAt: leaseEndsAt },
    adds: { fruitlessClaims: 1 },
    condition: `${isDue} AND ${hasCount}`,
    values: { ':now': now, ':number': 'N' },
  });
}

/** Takes a line whose rows are invalid out of what is due. A redrive of its doorbell claims it. */
export function setAside(table: string, key: LineKey, claimId: string, now: Instant) {
  return lineWrite(table, key, {
    sets: { due: unreadableLine, dueAt: now },
    removes: ['claimId'],
    condition: `${isOwn} OR (${isDue})`,
    values: { ':claimId': claimId, ':now': now },
  });
}

export function releaseOf(
  table: string,
  line: ClaimedLine['line'],
  dueAt: Instant | undefined,
  change: LineUpdate,
) {
  const { sets, removes } = changesOf(change);
  return lineWrite(table, line, {
    sets: { ...sets, due: dueAt && dueLine, dueAt },
    removes: [...removes, 'claimId', ...(dueAt ? [] : ['due', 'dueAt'])],
    condition: `${isOwn} AND signals = :signals`,
    values: { ':claimId': line.claimId, ':signals': line.signals },
  });
}
