import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { Matcher } from '../../../lambdas/core/event-pattern.ts';
import { passes } from '../event-sources/event-source-mapping.ts';
import { IdlePause, WakeUp } from '../event-sources/wake-up.ts';
import { ShardCursor, type ShardPlace } from './shard-cursor.ts';
import { streamRecord } from './stream-event.ts';

export interface ShardReaderOptions extends ShardPlace {
  readonly batchSize: number;
  readonly windowMs: number;
  readonly filters: readonly Matcher[] | undefined;
  readonly deliver: (records: readonly StreamRecord[]) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
}

/** Empty reads follow each other at this distance at least, however often the reader is woken. */
const shortestPauseMs = 5;

/** Reads one shard in order and delivers batch after batch, one at a time. */
export class ShardReader {
  readonly #options: ShardReaderOptions;
  readonly #cursor: ShardCursor;
  readonly #wakeUp = new WakeUp();
  readonly #idlePause = new IdlePause(shortestPauseMs, 100);
  /** Resolves when the shard was read to its end, or the reader was stopped. */
  readonly finished: Promise<void>;
  #isStopped = false;
  #isPaused = false;
  #isDelivering = false;
  #drainChecks: ((isDrained: boolean) => void)[] = [];

  constructor(options: ShardReaderOptions) {
    this.#options = options;
    this.#cursor = new ShardCursor(options);
    this.finished = this.#run();
  }

  wake(): void {
    this.#idlePause.reset();
    this.#wakeUp.ring();
  }

  async pause(): Promise<void> {
    this.#isPaused = true;
    while (this.#isDelivering) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  resume(): void {
    this.#isPaused = false;
    this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.wake();
  }

  /** Whether a read that begins after this call finds nothing. */
  async isDrained(): Promise<boolean> {
    if (this.#cursor.isAtEnd) return true;
    const answer = new Promise<boolean>((resolve) => this.#drainChecks.push(resolve));
    this.wake();
    return await answer;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped && !this.#cursor.isAtEnd) {
      const checks = this.#drainChecks;
      this.#drainChecks = [];
      let isDrained = false;
      if (!this.#isPaused) {
        this.#isDelivering = true;
        // A read that failed says nothing.
        isDrained = (await this.#readAndDeliver()) === 0 && !this.#cursor.hasFailed;
        this.#isDelivering = false;
      }
      for (const answer of checks) answer(isDrained);
      if (isDrained || this.#isPaused || this.#cursor.hasFailed) await this.#rest();
    }
    for (const answer of this.#drainChecks) answer(this.#cursor.isAtEnd);
  }

  async #rest(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, shortestPauseMs));
    await this.#wakeUp.sleep(this.#idlePause.nextMs());
  }

  /** The number of records that were read, those that the filters rejected included. */
  async #readAndDeliver(): Promise<number> {
    const { batchSize, windowMs, deliver } = this.#options;
    const first = await this.#read(batchSize);
    let read = first.length;
    const batch = this.#wanted(first);
    const closesAt = performance.now() + windowMs;
    const isOpen = (): boolean => performance.now() < closesAt && !this.#cursor.isAtEnd;
    while (batch.length > 0 && batch.length < batchSize && isOpen()) {
      const more = await this.#read(batchSize - batch.length);
      read += more.length;
      batch.push(...this.#wanted(more));
      const remainingMs = closesAt - performance.now();
      if (more.length === 0 && remainingMs > 1) await this.#wakeUp.sleep(Math.min(remainingMs, 20));
    }
    if (batch.length > 0) {
      this.#idlePause.reset();
      await deliver(batch);
    }
    return read;
  }

  #wanted(records: readonly StreamRecord[]): StreamRecord[] {
    const { filters, streamArn } = this.#options;
    return filters === undefined
      ? [...records]
      : records.filter((record) => passes(filters, streamRecord(record, streamArn)));
  }

  async #read(atMost: number): Promise<readonly StreamRecord[]> {
    try {
      return await this.#cursor.read(atMost);
    } catch (error) {
      if (!this.#isStopped) this.#options.onProblem(error);
      return [];
    }
  }
}
