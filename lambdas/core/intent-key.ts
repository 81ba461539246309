import { isMessageId } from './ids.ts';
import { parseInstant } from './instant.ts';
import type { IntentRef } from './intent.ts';
import { parseRecordPath, recordPath } from './record.ts';
import { type ItemKey, versionDigits } from './tables.ts';

/** Partition of the intents in the Records table: versions that are not fanned out yet. */
export const intentPartition = 'outbox';

/**
 * `<due time>#<record path>#0000000012#<message id>`: intents sort by their due time. An intent is
 * never moved: a postponement is an attribute.
 */
export function intentItemKey(ref: IntentRef): ItemKey {
  const parts = [ref.dueAt, recordPath(ref), versionDigits(ref), ref.messageId];
  return { pk: intentPartition, sk: parts.join('#') };
}

/** Returns what the sort key of an intent names; undefined for any other text. */
export function parseIntentSortKey(sortKey: string): IntentRef | undefined {
  const [, due, path = '', digits, messageId] = /^([^#]+)#(.+)#(\d{10})#(msg_\w+)$/.exec(sortKey) ?? [];
  const key = parseRecordPath(path);
  const dueAt = parseInstant(due);
  if (!key || !dueAt || !isMessageId(messageId)) return undefined;
  return { ...key, version: Number(digits), messageId, dueAt };
}
