/** Where a run is shown: lines that stay, and on a terminal one line below them that keeps changing. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #status: () => string;
  #timer: NodeJS.Timeout | undefined;
  #shown = '';

  /** @param status the changing line, asked for again and again. */
  constructor(out: NodeJS.WriteStream, status: () => string) {
    this.#out = out;
    this.#status = status;
  }

  /** On a terminal ten times a second in place; elsewhere a line every two seconds, and only when it changed. */
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
    if (status === this.#shown) return;
    this.#shown = status;
    this.#out.write(`${status}\n`);
  }

  #clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\u001B[K');
  }
}
