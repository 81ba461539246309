import pMap from 'p-map';
import type { RecordKey } from '../core/record.ts';
import { isFailure } from '../core/service-error.ts';
import { type SetRecordAsideDeps, setRecordAside } from '../records/set-record-aside.ts';

const concurrency = 10;

/**
 * Works on each record, a few at a time. An unreadable item does not stop the pass: its result is
 * undefined, and it is set aside.
 * @throws the first other error, after all records were tried.
 */
export async function tryEach<Result>(
  keys: readonly RecordKey[],
  work: (key: RecordKey) => Promise<Result>,
  deps: SetRecordAsideDeps,
): Promise<readonly (Result | undefined)[]> {
  const settled = await pMap(keys, (key) => settle(() => work(key)), { concurrency });
  for (const result of settled) if (result.status === 'rejected') await setRecordAside(result.reason, deps);
  return settled.map((result) => {
    if (result.status === 'fulfilled') return result.value;
    if (isFailure(result.reason, 'record.unreadable')) return undefined;
    throw result.reason;
  });
}

async function settle<Result>(work: () => Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const [result] = await Promise.allSettled([work()]);
  return result;
}
