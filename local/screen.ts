/** Prints lines and, on a terminal, one status line below them that is updated in place. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #status: () => string;
  #timer: NodeJS.Timeout | undefined;
  #printed = '';

  /** @param status returns the current status line */
  constructor(out: NodeJS.WriteStream, status: () => string) {
    this.#out = out;
    this.#status = status;
  }

  /**
   * Updates the status ten times a second on a terminal. Elsewhere prints it every two seconds if
   * it changed.
   */
  start(): void {
    this.#timer = this.#out.isTTY
      ? setInterval(() => this.#draw(), 100)
      : setInterval(() => this.#printIfChanged(), 2_000);
    this.#timer.unref();
  }

  line(text: string): void {
    this.#clear();
    this.#out.write(`${text}\n`);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #draw(): void {
    this.#clear();
    this.#out.write(this.#status().slice(0, (this.#out.columns ?? 80) - 1));
  }

  #printIfChanged(): void {
    const status = this.#status();
    if (status === this.#printed) return;
    this.#printed = status;
    this.#out.write(`${status}\n`);
  }

  #clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\u001B[K');
  }
}
