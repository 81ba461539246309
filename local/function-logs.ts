import { isJsonObject, type Json, textAt } from '../lambdas/core/json.ts';
import { tryParseJson } from '../lambdas/core/json-text.ts';

/** @param isReplay whether this delivery has succeeded before */
export type AttemptListener = (entry: Json, isReplay: boolean) => Promise<void>;

/** Counts log events of the functions for the status line. The result is never taken from here. */
export class FunctionLogs {
  readonly counts = { hydrated: 0, postponed: 0, fannedOut: 0, delivered: 0, failedAttempts: 0, parked: 0 };
  /** Called for each attempt of a delivery. */
  onAttempt: AttemptListener | undefined;
  readonly #delivered = new Set<string>();
  readonly #note: (line: string) => void;

  constructor(note: (line: string) => void) {
    this.#note = note;
  }

  /** A text that changes when work is finished. A failed attempt does not count. */
  progress(): string {
    const { hydrated, fannedOut, delivered, parked } = this.counts;
    return [hydrated, fannedOut, delivered, parked].join();
  }

  add(functionId: string, line: string): void {
    const entry = tryParseJson(line);
    const message = textAt(entry, 'message');
    const outcome = textAt(entry, 'outcome');
    if (message === 'record.hydrated') this.counts.hydrated += 1;
    else if (message === 'event.postponed') this.counts.postponed += 1;
    else if (message === 'version.fanned-out') this.counts.fannedOut += 1;
    else if (message === 'delivery.attempted') this.#addAttempt(entry ?? null, outcome === 'delivered');
    else if (message === 'event.parked') {
      this.counts.parked += 1;
      this.#note(`parked: ${textAt(entry, 'code')} ${textAt(entry, 'reason')}`);
    } else if (!isJsonObject(entry) || textAt(entry, 'level') === 'ERROR')
      this.#note(`${functionId}: ${line}`);
  }

  #addAttempt(entry: Json, isDelivered: boolean): void {
    const deliveryId = textAt(entry, 'deliveryId') ?? '';
    if (isDelivered) this.counts.delivered += 1;
    else this.counts.failedAttempts += 1;
    // A line on the screen is not worth an error.
    this.onAttempt?.(entry, this.#delivered.has(deliveryId)).catch(() => undefined);
    if (isDelivered) this.#delivered.add(deliveryId);
  }
}
