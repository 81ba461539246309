import type { Clock } from '../../../lambdas/ports/clock.ts';

/**
 * Keeps what was read for a time, however many pages are open. A failure is not kept.
 * @param ms how long
 */
export class KeptView<View> {
  readonly #read: () => Promise<View>;
  readonly #ms: number;
  readonly #clock: Clock;
  #kept: { readonly atMs: number; readonly view: Promise<View> } | undefined;

  constructor(read: () => Promise<View>, ms: number, clock: Clock) {
    this.#read = read;
    this.#ms = ms;
    this.#clock = clock;
  }

  view(): Promise<View> {
    const nowMs = this.#clock.nowMs();
    if (this.#kept && nowMs - this.#kept.atMs < this.#ms) return this.#kept.view;
    const view = this.#readOrForget();
    this.#kept = { atMs: nowMs, view };
    return view;
  }

  async #readOrForget(): Promise<View> {
    try {
      return await this.#read();
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** The next view is read again. */
  forget(): void {
    this.#kept = undefined;
  }
}
