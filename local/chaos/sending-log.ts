import { at, type Json, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';

/** What a worker reported about a delivery or an endpoint. */
export interface SendingEntry {
  readonly atMs: number;
  readonly kind: 'attempted' | 'blocked' | 'breaker-opened';
  readonly endpointId: string;
  readonly deliveryId: string | undefined;
  /** Number of the attempt. Set if `kind` is `attempted`, like `outcome`. */
  readonly attempt: number | undefined;
  readonly outcome: string | undefined;
  /** HTTP status of the answer, if there was one. */
  readonly status: number | undefined;
  readonly reason: string | undefined;
  /** Set if `kind` is `breaker-opened`. */
  readonly failuresInARow: number | undefined;
}

const kinds: ReadonlyMap<string | undefined, SendingEntry['kind']> = new Map([
  ['delivery.attempted', 'attempted'],
  ['delivery.blocked', 'blocked'],
  ['breaker.opened', 'breaker-opened'],
]);

/** Collects from the log of `deliver` what the workers charged to whom. */
export class SendingLog {
  readonly entries: SendingEntry[] = [];
  /** When workers of `deliver` ended in the middle of their work. */
  readonly endedAtMs: number[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The caller passes every log line of every function. */
  onLogLine(line: string): void {
    this.onLogEntry(tryParseJson(line));
  }

  /** The same, parsed. */
  onLogEntry(entry: Json | undefined): void {
    const kind = kinds.get(textAt(entry, 'message'));
    if (kind === undefined) return;
    this.entries.push({
      atMs: this.#nowMs(),
      kind,
      endpointId: textAt(entry, 'endpointId') ?? '',
      deliveryId: textAt(entry, 'deliveryId'),
      attempt: numberIn(at(entry, 'attempt')),
      outcome: textAt(entry, 'outcome'),
      status: numberIn(at(entry, 'status')),
      reason: textAt(entry, 'reason'),
      failuresInARow: numberIn(at(entry, 'failuresInARow')),
    });
  }

  onWorkerEnded(): void {
    this.endedAtMs.push(this.#nowMs());
  }
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
