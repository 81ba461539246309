import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

/** A global secondary index lags by at most this in a storm, milliseconds. */
const longestIndexLagMs = 180_000;

/**
 * The rows as a global secondary index of DynamoDB returns them: each either as it is now, or as it
 * was up to three minutes ago. Source: the DynamoDB developer guide, "Data synchronization between
 * tables and Global Secondary Indexes": within a fraction of a second under normal conditions, and
 * later in unlikely failure scenarios. AWS states no limit; three minutes are an assumption.
 */
export class LateIndex<Key, Row> {
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #rows: ReadonlyMap<Key, Row>;
  readonly #name: string;
  #before: ReadonlyMap<Key, Row> = new Map();
  #takenAtMs = Number.NEGATIVE_INFINITY;
  #lagMs = 0;

  constructor(name: string, rows: ReadonlyMap<Key, Row>, deps: { scheduler: Scheduler; faults: Faults }) {
    this.#name = name;
    this.#rows = rows;
    this.#scheduler = deps.scheduler;
    this.#faults = deps.faults;
  }

  /** The rows that a query sees now. */
  view(): Map<Key, Row> {
    const [scheduler, faults] = [this.#scheduler, this.#faults];
    if (!faults.isOn('index-lags') || !faults.isStorm) return new Map(this.#rows);
    const random = faults.random('index-lags');
    if (scheduler.nowMs() - this.#takenAtMs > this.#lagMs) {
      const isLate = faults.strikes('index-lags', this.#name, 'begins to lag');
      this.#lagMs = isLate ? random() * longestIndexLagMs : 0;
      this.#takenAtMs = scheduler.nowMs();
      this.#before = new Map(this.#rows);
    }
    // Each key has a partition of its own, which may be up to date while others lag.
    const seen = new Map(this.#before);
    for (const [key, row] of this.#rows) if (random() < 0.5) seen.set(key, row);
    for (const key of this.#before.keys()) if (!this.#rows.has(key) && random() < 0.5) seen.delete(key);
    return seen;
  }
}
