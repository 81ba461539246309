import { epochMsOf } from '../core/instant.ts';
import { type IntentRef, isIntentRef } from '../core/intent.ts';
import { recordPath, type VersionRef } from '../core/record.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';
import { type FinishDeps, finishVersion } from '../records/finish-version.ts';
import type { SetRecordAsideDeps } from '../records/set-record-aside.ts';

export interface SettleIntentDeps extends FinishDeps, SetRecordAsideDeps {
  readonly records: FinishDeps['records'] &
    SetRecordAsideDeps['records'] &
    Pick<RecordStore, 'announced' | 'removeIntent'>;
}

/**
 * For how many times `outboxGraceMs` after its due time an intent may still be committed: five
 * minutes. Its writer lives for a minute at most, and clocks differ by up to a minute.
 */
const commitWaits = 5;

/**
 * Returns what fan-out needs of a version. If an intent is signalled whose version is not stored,
 * its writer has crashed: the version is finished if it was committed. Otherwise the intent is
 * deleted: at once if another version has the number, else when no writer can commit it any more.
 * @returns undefined if there is nothing to fan out
 */
export async function settleIntent(
  ref: VersionRef | IntentRef,
  deps: SettleIntentDeps,
): Promise<AnnouncedVersion | undefined> {
  const { records } = deps;
  const announced = await records.announced(ref);
  if (!isIntentRef(ref) || announced?.messageId === ref.messageId) return announced;
  if (announced) {
    await records.removeIntent(ref);
    return undefined;
  }
  return (await finishIfCommitted(ref, deps)) ? records.announced(ref) : undefined;
}

async function finishIfCommitted(intent: IntentRef, deps: SettleIntentDeps): Promise<boolean> {
  const { records, clock, log, outboxGraceMs } = deps;
  const current = await records.current(intent);
  if (current?.messageId === intent.messageId) {
    await finishVersion(current, deps);
    return true;
  }
  if (clock.nowMs() < epochMsOf(intent.dueAt) + commitWaits * outboxGraceMs) return false;
  await records.removeIntent(intent);
  const { version, messageId } = intent;
  log.info('intent.removed', { record: recordPath(intent), version, messageId });
  return false;
}
