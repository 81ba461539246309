import type { Clock } from '../../lambdas/ports/clock.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * One execution environment of Lambda. While it is frozen, between two invocations, nothing in it
 * runs. A step that was due meanwhile runs when it is thawed. In an ended environment nothing runs.
 * Source: the Lambda developer guide, "Understanding the Lambda execution environment lifecycle".
 */
export class Environment {
  /** `deliver 2` */
  readonly name: string;
  /** How far its clock is ahead of virtual time, milliseconds. Negative: behind. */
  skewMs: number;
  readonly #scheduler: Scheduler;
  readonly #onEnd: (() => void)[] = [];
  #state: 'running' | 'frozen' | 'ended' = 'running';
  /** Until this time it is stalled: it gets no processor time, but its timeout goes on. */
  #stalledUntilMs = 0;
  #waiting: (() => void)[] = [];

  constructor(name: string, scheduler: Scheduler, skewMs: number) {
    this.name = name;
    this.#scheduler = scheduler;
    this.skewMs = skewMs;
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  readonly clock: Clock = {
    nowMs: () => Math.floor(this.#scheduler.nowMs() + this.skewMs),
    sleep: (ms) => new Promise((resolve) => this.after(Math.max(ms, 0), resolve)),
  };

  /** Plans a step of this environment. */
  after(ms: number, run: () => void): void {
    this.#scheduler.after(ms, () => this.resume(run));
  }

  /** Runs a step now, or when the environment runs again. */
  resume(run: () => void): void {
    if (this.#state === 'ended') return;
    const stalledMs = this.#stalledUntilMs - this.#scheduler.nowMs();
    if (this.#state === 'frozen') this.#waiting.push(run);
    else if (stalledMs > 0) this.after(stalledMs, run);
    else run();
  }

  stall(ms: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#scheduler.nowMs() + ms);
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) this.after(0, run);
  }

  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#waiting = [];
    for (const listener of this.#onEnd) listener();
  }

  onEnd(listener: () => void): void {
    this.#onEnd.push(listener);
  }
}
