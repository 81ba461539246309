import { certainFromOf, lastModifiedAtOf, latestUncertain, statusRankOf } from '../core/freshness.ts';
import type { Instant } from '../core/instant.ts';
import type { RecordKey } from '../core/record.ts';
import { decide, type Observation, type RecordState } from '../core/version.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { type AddEchoesDeps, addEchoes } from './add-echoes.ts';
import { type AppendDeps, tryAppend } from './append.ts';
import { withOptimisticLock } from './optimistic-lock.ts';

export interface StoreObservationDeps extends AppendDeps, AddEchoesDeps {
  readonly records: AppendDeps['records'] & Pick<RecordStore, 'confirm' | 'markUncertain'>;
}

/**
 * `stored`, `unchanged`, `stale`: see `decide` in core/version.ts. `behind`: stale by AWS's
 * timestamps, although it was read later.
 */
export type StoreOutcome = 'stored' | 'unchanged' | 'stale' | 'behind';

export interface StoreResult {
  readonly outcome: StoreOutcome;
  /**
   * Set if the stored state is not certain. The caller reads again, until a read that began at this
   * time or later is stored.
   */
  readonly certainFrom?: Instant | undefined;
}

/**
 * Stores an observation as the next version, if it is newer than the current state and differs.
 * @param known the current state if the caller has read it already, to save a read.
 * @param observe returns the observation, given the state that it would replace. Called again if
 * another worker wrote.
 * @throws ServiceError `store.unavailable`, `store.contended` (later), `store.refused` (never).
 */
export function storeObservation(
  key: RecordKey,
  known: RecordState | undefined,
  observe: (current: RecordState | undefined) => Observation | Promise<Observation>,
  deps: StoreObservationDeps,
): Promise<StoreResult> {
  const { records, lagMs } = deps;
  return withOptimisticLock(key, known, records, async (current): Promise<StoreResult | undefined> => {
    const observation = await observe(current);
    const { readAt } = observation;
    const decision = decide(current, observation, lagMs);
    if (decision.outcome === 'stored') {
      const version = await addEchoes(current, decision.version, deps);
      const owner = current || version.erased ? undefined : observation.owner;
      return (await tryAppend(current, version, deps, owner)) ? result('stored', version) : undefined;
    }
    // `decide` returns a version if there is no current state.
    if (!current) return undefined;
    if (decision.outcome === 'stale') return markIfLater(current, observation, deps);
    // A later read has confirmed this state already.
    if (readAt <= current.readAt) return result('unchanged', current);
    // If the confirmation fails, decide again: the state written meanwhile may be older than this
    // read.
    return (await records.confirm(current, readAt, observation.listedAs)) === 'confirmed'
      ? result('unchanged', { ...current, readAt })
      : undefined;
  });
}

/**
 * Marks the current state as uncertain, if a stale observation was read later.
 * @returns undefined if another worker wrote in between.
 */
async function markIfLater(
  current: RecordState,
  { key: { kind }, payload, readAt }: Observation,
  { records, lagMs }: StoreObservationDeps,
): Promise<StoreResult | undefined> {
  const statusRank = statusRankOf(kind, payload);
  const observed = { ...current, lastModifiedAt: lastModifiedAtOf(kind, payload), statusRank, readAt };
  const certainFrom = certainFromOf(observed, current, lagMs);
  // If this read is certain, so is its answer: a settled invitation that is PENDING stays settled.
  if (!certainFrom) {
    const latest = readAt > current.readAt ? readAt : current.readAt;
    return result('stale', { ...current, readAt: latest });
  }
  const outcome = statusRank === current.statusRank ? 'behind' : 'stale';
  // Further reads that disagree do not make the state uncertain for longer.
  const known = latestUncertain(readAt, current.certainFrom);
  if (known) return { outcome, certainFrom: known };
  return (await records.markUncertain(current, certainFrom)) === 'marked'
    ? { outcome, certainFrom }
    : undefined;
}

function result(
  outcome: StoreOutcome,
  { readAt, certainFrom }: Pick<RecordState, 'readAt' | 'certainFrom'>,
): StoreResult {
  return { outcome, certainFrom: latestUncertain(readAt, certainFrom) };
}
