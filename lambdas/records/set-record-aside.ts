import { instantOf } from '../core/instant.ts';
import { recordPath } from '../core/record.ts';
import { isFailure } from '../core/service-error.ts';
import { parseCurrentItemName } from '../core/tables.ts';
import { ifReadable } from '../core/unreadable.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { RecordStore } from '../ports/record-store.ts';

export interface SetRecordAsideDeps {
  readonly records: Pick<RecordStore, 'current' | 'setCurrentAside'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics<'RowsUnreadable'>, 'count'>;
}

/**
 * Sets the record aside whose current item an error reports as unreadable, and counts and logs it
 * once. Does nothing for any other error, or if the item is readable by now.
 * @throws ServiceError `store.unavailable` (later).
 */
export async function setRecordAside(
  error: unknown,
  { records, clock, log, metrics }: SetRecordAsideDeps,
): Promise<void> {
  if (!isFailure(error, 'record.unreadable')) return;
  const { item, problems } = error.details;
  const key = parseCurrentItemName(item);
  if (!key) return;
  // The error may be some seconds old: an operator may have repaired the item since.
  const repaired = await ifReadable(async () => ({ state: await records.current(key) }));
  if (repaired) return;
  const outcome = await records.setCurrentAside(key, instantOf(clock.nowMs()));
  if (outcome === 'already') return;
  metrics.count('RowsUnreadable');
  log.warn('row.excluded', { record: recordPath(key), item, problems });
}
