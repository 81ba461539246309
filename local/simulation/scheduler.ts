import type { Random } from '../partner-central/seeded-random.ts';

interface Step {
  readonly atMs: number;
  /** Decides between steps of the same millisecond. */
  readonly order: number;
  readonly run: () => void;
}

/**
 * Virtual time, and the steps that are planned in it, in one thread. After each step, the code that
 * the step resumed runs until it waits again. That takes no virtual time.
 */
export class Scheduler {
  readonly #random: Random;
  /** A binary heap: its first element is the next step. */
  readonly #steps: Step[] = [];
  #nowMs: number;
  #done = 0;
  #isStopped = false;

  /** @param random decides the order of steps that are due in the same millisecond */
  constructor(startsAtMs: number, random: Random) {
    this.#nowMs = startsAtMs;
    this.#random = random;
  }

  /** Epoch milliseconds. */
  readonly nowMs = (): number => this.#nowMs;

  /** Number of steps so far. */
  get done(): number {
    return this.#done;
  }

  /** Plans a step. A time in the past means now. */
  at(atMs: number, run: () => void): void {
    const step = { atMs: Math.max(atMs, this.#nowMs), order: this.#random(), run };
    const steps = this.#steps;
    let index = steps.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = steps[parent];
      if (above === undefined || !isBefore(step, above)) break;
      steps[index] = above;
      index = parent;
    }
    steps[index] = step;
  }

  after(ms: number, run: () => void): void {
    this.at(this.#nowMs + ms, run);
  }

  /** No further step runs. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Waits in virtual time. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /**
   * Runs step after step.
   * @returns after `stop`, when `isOver` is true between two steps, or when nothing is planned
   */
  async run(isOver: () => boolean): Promise<void> {
    await settled();
    while (!this.#isStopped && !isOver()) {
      const step = this.#next();
      if (step === undefined) return;
      this.#nowMs = step.atMs;
      this.#done += 1;
      step.run();
      await settled();
    }
  }

  #next(): Step | undefined {
    const steps = this.#steps;
    const first = steps[0];
    const last = steps.pop();
    if (first === undefined || last === undefined || steps.length === 0) return first;
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const [a, b] = [steps[left], steps[right]];
      const smaller = b !== undefined && a !== undefined && isBefore(b, a) ? right : left;
      const child = smaller === right ? b : a;
      if (child === undefined || !isBefore(child, last)) break;
      steps[index] = child;
      index = smaller;
    }
    steps[index] = last;
    return first;
  }
}

function isBefore(a: Step, b: Step): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Resolves when all code that needs no further step has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
