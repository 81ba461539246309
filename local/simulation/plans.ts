import { between } from '../partner-central/seeded-random.ts';
import type { FaultKind, Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

const soonestMs = 60_000;

/** When people do something, and what they must put right before the stack can finish its work. */
export class Plans {
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #mend: (() => void)[] = [];

  constructor({ scheduler, faults }: { readonly scheduler: Scheduler; readonly faults: Faults }) {
    this.#scheduler = scheduler;
    this.#faults = faults;
  }

  /** Plans a deed within this time, if its kind strikes. */
  perhaps(kind: FaultKind, forMs: number, act: () => void): void {
    this.perhapsAfter(kind, between(this.#faults.random(kind), soonestMs, forMs), act);
  }

  perhapsAfter(kind: FaultKind, ms: number, act: () => void): void {
    if (this.#faults.strikes(kind, 'people', `plan ${kind}`)) this.#scheduler.after(ms, act);
  }

  /** Puts something right within this time, or when the storm ends. */
  later(kind: FaultKind, longestMs: number, act: () => void): void {
    let isDone = false;
    const once = (): void => {
      if (!isDone) act();
      isDone = true;
    };
    this.#scheduler.after(between(this.#faults.random(kind), 1_000, longestMs), once);
    this.#mend.push(once);
  }

  /** Puts everything right now. */
  mend(): void {
    for (const mend of this.#mend.splice(0)) mend();
  }
}
