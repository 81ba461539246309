import type { Instant } from '../../lambdas/core/instant.ts';
import { isIntentRef } from '../../lambdas/core/intent.ts';
import type { RecordKey, VersionRef } from '../../lambdas/core/record.ts';
import type { RecordState, Version } from '../../lambdas/core/version.ts';
import type { DueVersion, RecordStore } from '../../lambdas/ports/record-store.ts';
import { type AppendDeps, tryAppend } from '../../lambdas/records/append.ts';
import { versionPath } from '../fakes/in-memory-record-store.ts';
import { manualClock } from '../fakes/manual-clock.ts';

/**
 * Stores a version as the functions do.
 * @param dueAt when `sweep` signals it
 * @param owner see `RecordStore.commit`
 */
export async function appendVersion(
  records: AppendDeps['records'],
  before: RecordState | undefined,
  version: Version,
  dueAt: Instant = version.readAt,
  owner?: RecordKey,
): Promise<'stored' | 'raced'> {
  const deps = { records, clock: manualClock(dueAt), outboxGraceMs: 0 };
  return (await tryAppend(before, version, deps, owner)) ? 'stored' : 'raced';
}

/** Later than every due time. */
const farFuture: Instant = '2099-01-01T00:00:00.000Z';

/** Takes a version out of the outbox, as fan-out does in the end. */
export async function leaveOutbox(
  records: Pick<RecordStore, 'dueIntents' | 'dueMarks' | 'removeIntent' | 'markFannedOut'>,
  version: VersionRef,
): Promise<void> {
  const due = (await dueForFanOut(records, farFuture, 1_000)).map((each) => each.version);
  const own = due.filter((each) => versionPath(each) === versionPath(version));
  for (const ref of own) await (isIntentRef(ref) ? records.removeIntent(ref) : records.markFannedOut(ref));
}

/** What `sweep` signals. */
export async function dueForFanOut(
  records: Pick<RecordStore, 'dueIntents' | 'dueMarks'>,
  now: Instant,
  limit: number,
): Promise<readonly DueVersion[]> {
  const due = await Promise.all([records.dueIntents(now, limit), records.dueMarks(now, limit)]);
  return due.flat();
}
