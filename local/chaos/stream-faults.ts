import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../host/stage.ts';
import { pick, type Random } from '../partner-central/seeded-random.ts';

const streamId = 'Records/Table';
/** As many batches are kept to be read again. */
const mostKept = 20;

/** What can go wrong with the stream of the table: it stalls, and it is read again from an earlier place. */
export class StreamFaults {
  readonly #random: Random;
  readonly #batches: { readonly functionId: string; readonly event: unknown }[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  readonly keep = (functionId: string, event: unknown): void => {
    this.#batches.push({ functionId, event });
    if (this.#batches.length > mostKept) this.#batches.shift();
  };

  async stall(stage: Stage, forMs: number): Promise<void> {
    await stage.pause(streamId);
    await sleep(forMs);
    stage.resume(streamId);
  }

  /** @returns false where nothing was read so far */
  async reread(stage: Stage): Promise<boolean> {
    if (this.#batches.length === 0) return false;
    const { functionId, event } = pick(this.#random, this.#batches);
    // What becomes of a batch that comes again is nobody's concern: its versions are in the outbox or fanned out.
    await stage.functions
      .get(functionId)
      .invoke(event)
      .catch(() => undefined);
    return true;
  }
}
