import type { MessageId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { VersionRef } from './record.ts';
import type { Announcement, Version } from './version.ts';

/** Names an intent. */
export interface IntentRef extends VersionRef {
  /** Of the version. A rival that wanted to write the same number has another one. */
  readonly messageId: MessageId;
  /** From when `sweep` signals the version. */
  readonly dueAt: Instant;
}

/**
 * Says that a version is about to be written, and what finishes it if its writer crashes. It is
 * written first, so no crash leaves a version that is not fanned out. Who deletes it: `fan-out`,
 * when the version is fanned out or can never be committed; the writer that lost a race for the
 * same number. An intent holds no member of a payload, so an erasure leaves it.
 */
export interface Intent extends IntentRef, Announcement {}

export function intentOf(version: Version, dueAt: Instant): Intent {
  const { catalog, kind, id, messageId, type, topics, cause, occurredAt, readAt } = version;
  const { previousMessageId, echoes } = version;
  return {
    catalog,
    kind,
    id,
    version: version.version,
    messageId,
    dueAt,
    type,
    topics,
    cause,
    occurredAt,
    readAt,
    previousMessageId,
    echoes,
  };
}

/** Whether a version is named by its intent. */
export function isIntentRef(ref: VersionRef | IntentRef): ref is IntentRef {
  return 'dueAt' in ref;
}
