import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../host/stage.ts';
import { pick, type Random } from '../partner-central/seeded-random.ts';

const streamId = 'Records/Table';
/** How many batches are kept for re-reading. */
const maxKept = 20;

/** Faults of the table's stream: it stalls, or a function gets an earlier batch again. */
export class StreamFaults {
  readonly #random: Random;
  readonly #batches: { readonly functionId: string; readonly event: unknown }[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  readonly keepBatch = (functionId: string, event: unknown): void => {
    this.#batches.push({ functionId, event });
    if (this.#batches.length > maxKept) this.#batches.shift();
  };

  async stall(stage: Stage, forMs: number): Promise<void> {
    await stage.pause(streamId);
    await sleep(forMs);
    stage.resume(streamId);
  }

  /** @returns false if no batch has been read yet */
  async reread(stage: Stage): Promise<boolean> {
    if (this.#batches.length === 0) return false;
    const { functionId, event } = pick(this.#random, this.#batches);
    // A failure does not matter: the versions of this batch are in the outbox or already fanned
    // out.
    await stage.functions
      .get(functionId)
      .invoke(event)
      .catch(() => undefined);
    return true;
  }
}
