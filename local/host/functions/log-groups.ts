import type { FunctionHost } from './function-host.ts';

export interface LoggedLine {
  readonly timestamp: number;
  readonly message: string;
}

/** Enough lines of a function to follow an event of the last minutes. */
const defaultLines = 5_000;

/** The last lines of each function, as CloudWatch Logs keeps them in log groups. */
export class LogGroups {
  readonly #lines = new Map<string, LoggedLine[]>();
  readonly #mostLines: number;

  /** @param mostLines the most lines of a function that are kept. @default 5,000 */
  constructor(mostLines = defaultLines) {
    this.#mostLines = mostLines;
  }

  add(functionId: string, message: string, timestamp: number): void {
    const lines = this.#lines.get(functionId) ?? [];
    lines.push({ timestamp, message });
    // Cut in large steps: removing each first line would take longer than logging.
    if (lines.length >= 2 * this.#mostLines) lines.splice(0, this.#mostLines);
    this.#lines.set(functionId, lines);
  }

  /** @param terms a line contains at least one of them; without terms, every line is found */
  find({ id }: Pick<FunctionHost, 'id'>, terms: readonly string[], fromMs: number): readonly LoggedLine[] {
    const isWanted = ({ timestamp, message }: LoggedLine) =>
      timestamp >= fromMs && (terms.length === 0 || terms.some((term) => message.includes(term)));
    return (this.#lines.get(id) ?? []).filter(isWanted);
  }
}
