import * as v from 'valibot';
import { isMessageId, type MessageId, numberedMessageIdOf } from '../core/ids.ts';
import type { VersionRef } from '../core/record.ts';
import type { MessageIds } from '../ports/record-store.ts';
import type { Item } from './record-content.ts';

const anId = v.custom<MessageId>(isMessageId, 'msg_ and 32 hexadecimal digits');
export const messageIds = v.object({
  messageId: v.optional(anId),
  previousMessageId: v.optional(anId),
});

/** Earlier releases stored no message ids, and derived them from the version number. */
export function messageIdsIn(ref: VersionRef, item: Item): MessageIds {
  const { messageId = numberedMessageIdOf(ref), previousMessageId } = v.parse(messageIds, item);
  const { version } = ref;
  if (previousMessageId === undefined && version === 1) return { messageId };
  const before = { ...ref, version: version - 1 };
  return { messageId, previousMessageId: previousMessageId ?? numberedMessageIdOf(before) };
}
