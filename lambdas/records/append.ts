import { addMs, instantOf } from '../core/instant.ts';
import { intentOf } from '../core/intent.ts';
import type { RecordKey } from '../core/record.ts';
import { ifReadable } from '../core/unreadable.ts';
import type { RecordState, Version } from '../core/version.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { type FinishDeps, finishVersion } from './finish-version.ts';

export interface AppendDeps extends FinishDeps {
  readonly records: FinishDeps['records'] & Pick<RecordStore, 'commit' | 'messageIds' | 'removeIntent'>;
}

/**
 * Makes a version the current state, if `before` is still the current state. Four steps, and after
 * a crash between any two of them the record is repaired:
 * 1. The version of `before` is finished if its writer has crashed, so that no number is missing.
 * 2. The intent is stored. After a crash here `fan-out` deletes it, and nothing was written.
 * 3. The current item is replaced: the commit. After a crash here the next writer, or `fan-out`
 *    when `sweep` signals the intent, makes step 4.
 * 4. The version is stored. The stream signals it to `fan-out`, and `sweep` if the stream does not.
 * @param owner see `RecordStore.commit`
 * @returns false if another worker wrote in between; then nothing was written.
 */
export async function tryAppend(
  before: RecordState | undefined,
  version: Version,
  deps: AppendDeps,
  owner?: RecordKey,
): Promise<boolean> {
  const { records, clock, outboxGraceMs } = deps;
  if (before) await finishVersion(before, deps);
  const intent = intentOf(version, addMs(instantOf(clock.nowMs()), outboxGraceMs));
  await records.putIntent(intent);
  const outcome = await records.commit(before, version, intent.dueAt, owner);
  if (outcome === 'committed') {
    await records.putVersion(version, intent.dueAt);
    return true;
  }
  // Who overtook has finished this version if it was committed.
  if (outcome === 'overtaken' && (await wasCommitted(version, deps))) return true;
  await records.removeIntent(intent);
  return false;
}

async function wasCommitted(version: Version, { records }: AppendDeps): Promise<boolean> {
  const ids = await ifReadable(() => records.messageIds(version));
  return ids?.messageId === version.messageId;
}
