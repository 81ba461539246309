import { addMs, instantOf } from '../core/instant.ts';
import { intentOf } from '../core/intent.ts';
import { ifReadable } from '../core/unreadable.ts';
import { type RecordState, versionOfState } from '../core/version.ts';
import type { Clock } from '../ports/clock.ts';
import type { RecordStore } from '../ports/record-store.ts';

export interface FinishDeps {
  readonly records: Pick<
    RecordStore,
    'current' | 'version' | 'storesVersion' | 'findIntent' | 'putIntent' | 'putVersion'
  >;
  readonly clock: Clock;
  /** How long the stream may take to fan a version out before `sweep` signals it, milliseconds. */
  readonly outboxGraceMs: number;
}

/**
 * Stores the version of a current state if its writer has not done it: it may have crashed. Does
 * nothing if the state is not the current one any more: the worker that replaced it did this first.
 * @throws ServiceError `store.unavailable` (later); `record.unreadable` (never) for the current
 *   item.
 */
export async function finishVersion(state: RecordState, deps: FinishDeps): Promise<void> {
  const { records, clock, outboxGraceMs } = deps;
  if (await records.storesVersion(state)) return;
  const current = await records.current(state);
  if (current?.messageId !== state.messageId) return;
  const found = await records.findIntent(current);
  const version = versionOfState(current, await readBefore(current, deps), found);
  const intent = found ?? intentOf(version, addMs(instantOf(clock.nowMs()), outboxGraceMs));
  if (!found) await records.putIntent(intent);
  await records.putVersion(version, intent.dueAt);
}

async function readBefore(state: RecordState, { records }: FinishDeps): Promise<RecordState | undefined> {
  if (state.version === 1) return undefined;
  return ifReadable(() => records.version({ ...state, version: state.version - 1 }));
}
