import { lastModifiedAtOf } from '../core/freshness.ts';
import { addMs } from '../core/instant.ts';
import { type RecordKey, recordPath } from '../core/record.ts';
import { laterAfter, ServiceError } from '../core/service-error.ts';
import { decide, type Observation, type RecordState, type Version } from '../core/version.ts';
import { type HydrateDeps, now } from '../hydrate/hydrate-deps.ts';

/** A later read with an older stamp of AWS's was answered from before what is stored: it proves nothing about now. */
function isBehind({ key, payload, readAt }: Observation, current: RecordState | undefined): boolean {
  const stamp = lastModifiedAtOf(key.kind, payload);
  return (
    stamp !== undefined &&
    current?.lastModifiedAt !== undefined &&
    stamp < current.lastModifiedAt &&
    readAt > current.readAt
  );
}

/** A writer that loses so many races in a row meets a crowd: it had better come back later. */
const mostRaces = 8;
const contendedMs = 2_000;

/**
 * Writes to a record until no race is lost: what was decided on a state that no longer stands is decided again on what does.
 * @param known the state as just read, to save a read.
 * @param write undefined where the race was lost.
 * @throws ServiceError `store.unavailable`, `store.contended` (later), `store.refused` (never).
 */
export async function withOptimisticLock<Result>(
  key: RecordKey,
  known: RecordState | undefined,
  records: HydrateDeps['records'],
  write: (current: RecordState | undefined) => Promise<Result | undefined>,
): Promise<Result> {
  let current = known;
  for (let race = 0; race < mostRaces; race += 1) {
    const result = await write(current);
    if (result !== undefined) return result;
    current = await records.current(key);
  }
  throw new ServiceError('store.contended', { record: recordPath(key) }, { retry: laterAfter(contendedMs) });
}

/** Makes a version the current state; false where the race was lost. */
export async function tryAppend(
  current: RecordState | undefined,
  version: Version,
  { records, clock, outboxGraceMs }: Pick<HydrateDeps, 'records' | 'clock' | 'outboxGraceMs'>,
): Promise<boolean> {
  return (await records.append(current, version, addMs(now(clock), outboxGraceMs))) === 'stored';
}

/**
 * Stores what was observed as the next version, if it is one.
 * @param known the state as just read, to save a read; a lost race reads again.
 * @param observe what was observed, given the state it would replace.
 * @throws ServiceError as `decided` does.
 */
export function storeObservation(
  key: RecordKey,
  known: RecordState | undefined,
  observe: (current: RecordState | undefined) => Observation,
  hydration: Pick<HydrateDeps, 'records' | 'clock' | 'outboxGraceMs'>,
): Promise<'stored' | 'unchanged' | 'stale' | 'behind'> {
  const { records } = hydration;
  return withOptimisticLock(key, known, records, async (current) => {
    const observation = observe(current);
    const decision = decide(current, observation);
    if (decision.outcome === 'stale') return isBehind(observation, current) ? 'behind' : 'stale';
    if (decision.outcome === 'stored')
      return (await tryAppend(current, decision.version, hydration)) ? 'stored' : undefined;
    // Whoever read later has confirmed the state already.
    if (!current || observation.readAt <= current.readAt) return 'unchanged';
    // A confirmation that loses a race is decided again too: what was written meanwhile may be older than this read.
    return (await records.confirm(current, observation.readAt)) === 'confirmed' ? 'unchanged' : undefined;
  });
}
