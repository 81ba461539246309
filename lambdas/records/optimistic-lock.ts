import { type RecordKey, recordPath } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import type { RecordState } from '../core/version.ts';
import type { RecordStore } from '../ports/record-store.ts';

const maxAttempts = 8;

/**
 * Reads, decides and writes one record without a lock. If another worker writes in between,
 * `attempt` runs again on the state that it wrote.
 * @param known the current state if the caller has read it already, to save a read.
 * @param attempt decides on the state and writes; returns undefined if its conditional write
 *   failed.
 * @throws ServiceError `store.contended` (later) after eight failed attempts: too much contention
 *   on this record; and whatever `records.current` and `attempt` throw.
 */
export async function withOptimisticLock<Result>(
  key: RecordKey,
  known: RecordState | undefined,
  records: Pick<RecordStore, 'current'>,
  attempt: (current: RecordState | undefined) => Promise<Result | undefined>,
): Promise<Result> {
  let current = known;
  for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
    const result = await attempt(current);
    if (result !== undefined) return result;
    current = await records.current(key);
  }
  throw new ServiceError('store.contended', { record: recordPath(key) });
}
