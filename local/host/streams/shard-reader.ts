import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { Matcher } from '../../../lambdas/core/event-pattern.ts';
import { matchesAnyFilter } from '../event-sources/event-source-mapping.ts';
import { IdlePause, WakeSignal } from '../event-sources/wake-up.ts';
import { ShardCursor, type ShardPosition } from './shard-cursor.ts';
import { toStreamRecord } from './stream-event.ts';

export interface ShardReaderOptions extends ShardPosition {
  readonly batchSize: number;
  readonly windowMs: number;
  readonly filters: readonly Matcher[] | undefined;
  readonly deliver: (records: readonly StreamRecord[]) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
}

/** Minimum pause after an empty read, however often the reader is woken. */
const shortestPauseMs = 5;

/** Reads one shard in order and delivers one batch at a time. */
export class ShardReader {
  readonly #options: ShardReaderOptions;
  readonly #cursor: ShardCursor;
  readonly #wakeUp = new WakeSignal();
  readonly #idlePause = new IdlePause(shortestPauseMs, 100);
  /** Resolves when the shard is read to its end or the reader is stopped. */
  readonly finished: Promise<void>;
  #isStopped = false;
  #isPaused = false;
  #isDelivering = false;
  #isBehind = false;
  #drainChecks: ((isDrained: boolean) => void)[] = [];

  constructor(options: ShardReaderOptions) {
    this.#options = options;
    this.#cursor = new ShardCursor(options);
    this.finished = this.#run();
  }

  /** Whether the last read found records. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  wake(): void {
    this.#idlePause.reset();
    this.#wakeUp.notify();
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

  /** Returns whether a read that starts after this call finds no records. */
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
        // A failed read does not prove that the shard is drained.
        isDrained = (await this.#readAndDeliver()) === 0 && !this.#cursor.hasFailed;
        this.#isDelivering = false;
      }
      for (const answer of checks) answer(isDrained);
      if (isDrained || this.#isPaused || this.#cursor.hasFailed) await this.#pauseReads();
    }
    for (const answer of this.#drainChecks) answer(this.#cursor.isAtEnd);
  }

  async #pauseReads(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, shortestPauseMs));
    await this.#wakeUp.sleep(this.#idlePause.nextMs());
  }

  /** @returns the number of read records, including records that the filters reject */
  async #readAndDeliver(): Promise<number> {
    const { batchSize, windowMs, deliver } = this.#options;
    const first = await this.#read(batchSize);
    this.#isBehind = first.length > 0;
    let read = first.length;
    const batch = this.#matching(first);
    const closesAt = performance.now() + windowMs;
    const isOpen = (): boolean => performance.now() < closesAt && !this.#cursor.isAtEnd;
    while (batch.length > 0 && batch.length < batchSize && isOpen()) {
      const more = await this.#read(batchSize - batch.length);
      read += more.length;
      batch.push(...this.#matching(more));
      const remainingMs = closesAt - performance.now();
      if (more.length === 0 && remainingMs > 1) await this.#wakeUp.sleep(Math.min(remainingMs, 20));
    }
    if (batch.length > 0) {
      this.#idlePause.reset();
      await deliver(batch);
    }
    return read;
  }

  #matching(records: readonly StreamRecord[]): StreamRecord[] {
    const { filters, streamArn } = this.#options;
    return filters === undefined
      ? [...records]
      : records.filter((record) => matchesAnyFilter(filters, toStreamRecord(record, streamArn)));
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
