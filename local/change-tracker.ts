import { textAt } from '../lambdas/core/json.ts';
import type { Receipt } from './receiver.ts';

/** A change in Partner Central, from its event to the first message that shows it. */
export interface SeenChange {
  readonly madeAtMs: number;
  readonly lagMs: number;
}

interface WaitingChange {
  readonly modifiedAtMs: number;
  readonly madeAtMs: number;
}

/**
 * Follows changes until a received message shows them. It uses what the partner wrote and what the
 * receiver got, nothing that a function counts. A message shows a change if its record was last
 * modified at the time of the change, or later.
 */
export class ChangeTracker {
  readonly seen: SeenChange[] = [];
  /** Messages that contradict another one about a version. */
  readonly duplicates: string[] = [];
  readonly #waiting = new Map<string, WaitingChange[]>();
  /** Webhook ids by record path and version. */
  readonly #received = new Map<string, Map<number, string>>();
  #repeats = 0;

  /** @param modifiedAt AWS's timestamp of the record after the change */
  addChange(path: string, modifiedAt: string, madeAtMs: number): void {
    const waiting = this.#waiting.get(path) ?? [];
    waiting.push({ modifiedAtMs: Date.parse(modifiedAt), madeAtMs });
    this.#waiting.set(path, waiting);
  }

  addReceipt({ path, version, webhookId, record }: Receipt, atMs: number): void {
    const ids = this.#received.get(path) ?? new Map<number, string>();
    this.#received.set(path, ids);
    const known = ids.get(version);
    if (known === webhookId) this.#repeats += 1;
    else if (known !== undefined) this.duplicates.push(`${path} version ${version} has two webhook ids`);
    ids.set(version, known ?? webhookId);
    const modifiedAtMs = Date.parse(textAt(record, 'LastModifiedDate') ?? '');
    const waiting = this.#waiting.get(path) ?? [];
    const left = waiting.filter((change) => !(change.modifiedAtMs <= modifiedAtMs));
    for (const { madeAtMs } of waiting.filter((change) => !left.includes(change)))
      this.seen.push({ madeAtMs, lagMs: atMs - madeAtMs });
    if (left.length > 0) this.#waiting.set(path, left);
    else this.#waiting.delete(path);
  }

  /** Number of changes that no message shows yet. */
  get waitingCount(): number {
    return [...this.#waiting.values()].reduce((sum, changes) => sum + changes.length, 0);
  }

  /** Number of distinct versions received. */
  get versionCount(): number {
    return [...this.#received.values()].reduce((sum, ids) => sum + ids.size, 0);
  }

  /** Number of messages that were received again. At-least-once delivery allows them. */
  get repeatCount(): number {
    return this.#repeats;
  }

  hasReceived(path: string, version: number): boolean {
    return this.#received.get(path)?.has(version) ?? false;
  }
}

/** @returns NaN if there are none */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
