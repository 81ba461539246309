import type { JsonObject } from '../../lambdas/core/json.ts';
import type { SimulatedRecord } from '../partner-central/model/simulated-records.ts';

/** A state of a record in Partner Central, valid from `atMs` until the next state. */
export interface PastState {
  readonly atMs: number;
  readonly body: JsonObject;
  readonly inaccessible: boolean;
}

/** Every state of every record that the simulated Partner Central has held, in order. */
export class TruthLog {
  readonly #states = new Map<string, PastState[]>();
  readonly #newest = new Map<string, JsonObject>();
  readonly #nowMs: () => number;
  readonly #onState: (path: string, number: number, state: PastState) => void;

  constructor(nowMs: () => number, onState: (path: string, number: number, state: PastState) => void) {
    this.#nowMs = nowMs;
    this.#onState = onState;
  }

  /**
   * Adds the states that are new since the last call. Bodies are never changed in place: a new
   * object is a new state.
   */
  observe(records: ReadonlyMap<string, SimulatedRecord>): void {
    for (const [path, { body, inaccessible }] of records) {
      if (this.#newest.get(path) === body) continue;
      this.#newest.set(path, body);
      const states = this.#states.get(path) ?? [];
      const state = { atMs: this.#nowMs(), body, inaccessible };
      states.push(state);
      this.#states.set(path, states);
      this.#onState(path, states.length, state);
    }
  }

  get states(): ReadonlyMap<string, readonly PastState[]> {
    return this.#states;
  }
}
