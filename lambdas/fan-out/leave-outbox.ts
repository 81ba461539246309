import type { Instant } from '../core/instant.ts';
import { type IntentRef, isIntentRef } from '../core/intent.ts';
import type { VersionRef } from '../core/record.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';

/** Takes a version out of the outbox: its intent and its mark, whichever it has. */
export async function leaveOutbox(
  ref: VersionRef | IntentRef,
  announced: AnnouncedVersion,
  records: Pick<RecordStore, 'removeIntent' | 'markFannedOut'>,
): Promise<void> {
  for (const intent of intentsOf(ref, announced)) await records.removeIntent(intent);
  if (announced.isMarked) await records.markFannedOut(ref);
}

/** Lets a version stay in the outbox for longer. */
export async function postponeFanOut(
  ref: VersionRef | IntentRef,
  announced: AnnouncedVersion,
  dueAt: Instant,
  records: Pick<RecordStore, 'postponeFanOut'>,
): Promise<void> {
  for (const intent of intentsOf(ref, announced)) await records.postponeFanOut(intent, dueAt);
  if (announced.isMarked) await records.postponeFanOut(versionRefOf(ref), dueAt);
}

/**
 * How long a version waits in the outbox that a row which was edited by hand holds up: ten minutes,
 * scaled like the other waits.
 */
export function repairWaitMs({ outboxGraceMs }: { readonly outboxGraceMs: number }): number {
  return 10 * outboxGraceMs;
}

/** The intent of a version, and another one that a worker has stored for the same version. */
function intentsOf(
  ref: VersionRef | IntentRef,
  { messageId, intentDueAt }: AnnouncedVersion,
): readonly IntentRef[] {
  const own = intentDueAt && { ...versionRefOf(ref), messageId, dueAt: intentDueAt };
  const signalled = isIntentRef(ref) ? ref : undefined;
  if (!own || !signalled) return [own ?? signalled ?? []].flat();
  return own.dueAt === signalled.dueAt ? [own] : [own, signalled];
}

export function versionRefOf({ catalog, kind, id, version }: VersionRef): VersionRef {
  return { catalog, kind, id, version };
}
