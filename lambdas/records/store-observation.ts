import { compareTimestamps, lastModifiedAtOf, statusRankOf } from '../core/freshness.ts';
import type { RecordKey } from '../core/record.ts';
import { decide, type Observation, type RecordState } from '../core/version.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { type AppendDeps, tryAppend } from './append.ts';
import { withOptimisticLock } from './optimistic-lock.ts';

export interface StoreObservationDeps extends AppendDeps {
  readonly records: Pick<RecordStore, 'current' | 'append' | 'confirm'>;
}

/**
 * `stored`, `unchanged`, `stale`: see `decide` in core/version.ts. `behind`: stale by the
 * timestamps of AWS although it was read later, so the read does not say what the state is now.
 * A caller reads again: at the latest when the two reads are `longestLagMs` apart, the later wins.
 */
export type StoreOutcome = 'stored' | 'unchanged' | 'stale' | 'behind';

/**
 * Stores an observation as the next version, if it is newer than the current state and differs.
 * @param known the current state if the caller has read it already, to save a read.
 * @param observe returns the observation, given the state that it would replace.
 * @throws ServiceError `store.unavailable`, `store.contended` (later), `store.refused` (never).
 */
export function storeObservation(
  key: RecordKey,
  known: RecordState | undefined,
  observe: (current: RecordState | undefined) => Observation,
  deps: StoreObservationDeps,
): Promise<StoreOutcome> {
  const { records } = deps;
  return withOptimisticLock(key, known, records, async (current) => {
    const observation = observe(current);
    const decision = decide(current, observation);
    if (decision.outcome === 'stale') return isBehind(observation, current) ? 'behind' : 'stale';
    if (decision.outcome === 'stored')
      return (await tryAppend(current, decision.version, deps)) ? 'stored' : undefined;
    // A later read has confirmed this state already.
    if (!current || observation.readAt <= current.readAt) return 'unchanged';
    // If the confirmation fails, decide again: the state written meanwhile may be older than this
    // read.
    return (await records.confirm(current, observation.readAt)) === 'confirmed' ? 'unchanged' : undefined;
  });
}

/** Whether a later read answered with an older AWS timestamp: it came from a replica that lags. */
function isBehind({ key, payload, readAt }: Observation, current: RecordState | undefined): boolean {
  if (!current || readAt <= current.readAt) return false;
  const statusRank = statusRankOf(key.kind, payload);
  const lastModifiedAt = lastModifiedAtOf(key.kind, payload);
  return (
    statusRank === current.statusRank &&
    compareTimestamps({ ...current, lastModifiedAt, readAt }, current) < 0
  );
}
