/**
 * The quota of concurrent invocations of an account. An invocation above it waits until another one
 * ends: Lambda retries what it throttles.
 */
export class AccountLimit {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async run<T>(invoke: () => Promise<T>): Promise<T> {
    while (this.#running >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    try {
      return await invoke();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}
