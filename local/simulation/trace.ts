import { createHash, type Hash } from 'node:crypto';

/** One thing that happened in a simulation. */
export interface TraceEntry {
  /** Virtual time, epoch milliseconds. */
  readonly atMs: number;
  /** The part that did it, or that it happened to: `deliver 2`, `queue deliver`, `operator`. */
  readonly who: string;
  readonly what: string;
  /** Set if it is a fault: its id, `<kind> <number>`. */
  readonly fault?: string | undefined;
}

/** Everything that happened, in order. Two runs of a seed have the same trace. */
export class Trace {
  readonly entries: TraceEntry[] = [];
  readonly #hash: Hash = createHash('sha256');
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  note(who: string, what: string, fault?: string): void {
    const atMs = this.#nowMs();
    this.entries.push({ atMs, who, what, fault });
    this.#hash.update(`${atMs} ${who} ${what}\n`);
  }

  /** 16 hexadecimal digits. Can be called once. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 16);
  }
}
