/** Maximum concurrent invocations by each event source. */
export interface ConcurrencyShares {
  /** Each of the three `hydrate` functions. */
  readonly hydrate: number;
  readonly quarantine: number;
  readonly fanOutDoorbell: number;
  /** Batches of one shard of the stream that `fan-out` works on at the same time. */
  readonly batchesPerShard: number;
  readonly deliver: number;
  /** Invocations of `deliver` that may work for one endpoint. */
  readonly slotsPerEndpoint: number;
}

/** Lambda accepts no lower maximum for a queue, and no higher one. */
const leastOfQueue = 2;

/**
 * Two invocations use up the read quota of the whole account (10 a second); more would only wait
 * for permits.
 */
const hydrate = 2;
const hydrateFunctions = 3;

/** `reconcile` and `sweep` run once a minute, each at most once at the same time. */
const schedules = 2;

/**
 * Functions that wait for something outside: for the read quota, for receivers, or for pages of
 * AWS. `fan-out` and `quarantine` wait for nothing. Their invocations take well below a second.
 */
const waitingFunctions = hydrateFunctions * hydrate + schedules;

/** Of `relay:concurrency`. An account has 1,000 unless it is new. */
export const defaultConcurrency = 60;

/** The fewest invocations that leave every function that waits a worker of its own. */
export const leastConcurrency = waitingFunctions + leastOfQueue;

/** Shards of a stream whose table takes up to 4,000 writes a second, as new tables do. */
const shards = 4;
const mostBatchesPerShard = 10;
const mostOfDoorbell = 10;

/** What all other event sources take at least. */
const leastOfOthers = waitingFunctions + leastOfQueue + leastOfQueue + shards;

/**
 * Divides the concurrent invocations that all functions together may take. `deliver` gets half of
 * them, but never what the other functions need: receivers that do not answer can occupy its share
 * alone. One endpoint gets a fifth of that share, so if four endpoints hang at the same time, a
 * fifth remains for the others. It gets at least one: of 10, `deliver` has two and an endpoint one.
 *
 * Below 18 the maximums add up to more than `concurrency`, because Lambda accepts none below 2. If
 * all sources have work at the same time, Lambda then throttles some of them for moments.
 */
export function shareConcurrency(concurrency: number): ConcurrencyShares {
  const deliver = Math.max(leastOfQueue, Math.min(Math.floor(concurrency / 2), concurrency - leastOfOthers));
  const forFanOut = concurrency - deliver - waitingFunctions - leastOfQueue;
  const batchesPerShard = clamp(Math.floor(forFanOut / 2 / shards), 1, mostBatchesPerShard);
  return {
    hydrate,
    quarantine: leastOfQueue,
    batchesPerShard,
    fanOutDoorbell: clamp(forFanOut - batchesPerShard * shards, leastOfQueue, mostOfDoorbell),
    deliver,
    slotsPerEndpoint: Math.max(1, Math.floor(deliver / 5)),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
