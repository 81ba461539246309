import { styleText } from 'node:util';
import { widthOf, wrap } from '../bin/pcr/screen.ts';

const usualColumns = 80;

/** Prints lines and, on a terminal, one status line below them that is updated in place. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  #status: () => string = () => '';
  #timer: NodeJS.Timeout | undefined;
  #printed = '';

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /**
   * Updates the status ten times a second on a terminal. Elsewhere prints it every two seconds if
   * it changed.
   * @param status returns the current status line
   */
  start(status: () => string): void {
    this.stop();
    this.#status = status;
    this.#timer = this.#out.isTTY
      ? setInterval(() => this.#draw(), 100)
      : setInterval(() => this.#printIfChanged(), 2_000);
    this.#timer.unref();
  }

  line(text: string): void {
    this.#clear();
    this.#out.write(`${text}\n`);
  }

  /** Prints a line, or several if it is wider than the terminal. */
  prose(text: string): void {
    this.line(wrapLine(text, this.#out.columns || usualColumns));
  }

  /** Adds a color on a terminal. NO_COLOR and FORCE_COLOR decide otherwise. */
  paint(color: 'green' | 'red', text: string): string {
    return styleText(color, text, { stream: this.#out });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #draw(): void {
    this.#clear();
    this.#out.write(this.#status().slice(0, (this.#out.columns || usualColumns) - 1));
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

/** Breaks a line between words. What follows is indented like the text after a mark such as `•`. */
export function wrapLine(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  const [space = ''] = /^\s*/.exec(text) ?? [];
  const [first = ''] = text.trimStart().split(' ', 1);
  const start = widthOf(first) === 1 ? `${space}${first} ` : space;
  const indent = ' '.repeat(widthOf(start));
  return `${start}${wrap(text.slice(start.length), columns - indent.length, indent)}`;
}
