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
  /** `act`, if the stack takes commands. */
  readonly act: number;
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
 * AWS. `fan-out`, `quarantine` and `export` wait for nothing. Their invocations take well below a
 * second.
 */
const waitingFunctions = hydrateFunctions * hydrate + schedules;

/** `act` waits for AWS and for the write quota, of one write a second. */
const act = leastOfQueue;
/** Clients that ask at the same time. A request takes well below a second. */
const commandRequests = 2;
/** What commands add to the least concurrency. */
const ofCommands = act + commandRequests;

/** Of `relay:concurrency`. An account has 1,000 unless it is new. */
export const defaultConcurrency = 60;

/** The fewest invocations that leave every function that waits a worker of its own. */
export const leastConcurrency = waitingFunctions + leastOfQueue;
/** The same for a stack that takes commands. */
export const leastConcurrencyWithCommands = leastConcurrency + ofCommands;

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
 * @param takesCommands whether the stack has `act` and `commands`. @default false
 */
export function shareConcurrency(concurrency: number, takesCommands = false): ConcurrencyShares {
  const others = leastOfOthers + (takesCommands ? ofCommands : 0);
  const deliver = Math.max(leastOfQueue, Math.min(Math.floor(concurrency / 2), concurrency - others));
  const forFanOut = concurrency - deliver - (others - shards - leastOfQueue);
  const batchesPerShard = clamp(Math.floor(forFanOut / 2 / shards), 1, mostBatchesPerShard);
  return {
    hydrate,
    quarantine: leastOfQueue,
    batchesPerShard,
    fanOutDoorbell: clamp(forFanOut - batchesPerShard * shards, leastOfQueue, mostOfDoorbell),
    deliver,
    act,
    slotsPerEndpoint: Math.max(1, Math.floor(deliver / 5)),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
