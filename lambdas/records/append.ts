import { addMs, instantOf } from '../core/instant.ts';
import type { RecordKey } from '../core/record.ts';
import type { RecordState, Version } from '../core/version.ts';
import type { Clock } from '../ports/clock.ts';
import type { RecordStore } from '../ports/record-store.ts';

export interface AppendDeps {
  readonly records: Pick<RecordStore, 'current' | 'append'>;
  readonly clock: Clock;
  /** How long the stream may take to fan a version out before `sweep` signals it, milliseconds. */
  readonly outboxGraceMs: number;
}

/**
 * Makes a version the current state, if `before` is still the current state.
 * @param owner see `RecordStore.append`
 * @returns false if another worker wrote in between; then nothing was written.
 */
export async function tryAppend(
  before: RecordState | undefined,
  version: Version,
  { records, clock, outboxGraceMs }: AppendDeps,
  owner?: RecordKey,
): Promise<boolean> {
  const outboxDueAt = addMs(instantOf(clock.nowMs()), outboxGraceMs);
  return (await records.append(before, version, outboxDueAt, owner)) === 'stored';
}
