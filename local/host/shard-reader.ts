import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import type { Matcher } from './event-pattern.ts';
import { passes } from './event-source.ts';
import { sequenceNumberOf, streamRecord } from './stream-event.ts';
import { IdlePause, WakeUp } from './wake-up.ts';

export interface ShardReaderOptions {
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly shardId: string;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly batchSize: number;
  readonly windowMs: number;
  readonly filters: readonly Matcher[] | undefined;
  readonly deliver: (records: readonly StreamRecord[], shardId: string) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
}

/** Empty reads follow each other at this distance at least, however often the reader is woken. */
const shortestPauseMs = 5;

/** Reads one shard in order and delivers batch after batch, one at a time. */
export class ShardReader {
  readonly #options: ShardReaderOptions;
  readonly #wakeUp = new WakeUp();
  readonly #idlePause = new IdlePause(shortestPauseMs, 100);
  /** Resolves when the shard was read to its end, or the reader was stopped. */
  readonly finished: Promise<void>;
  #iterator: string | undefined;
  #lastSequenceNumber: string | undefined;
  #isAtEnd = false;
  #isStopped = false;
  #isPaused = false;
  #isDelivering = false;
  #drainChecks: ((isDrained: boolean) => void)[] = [];

  constructor(options: ShardReaderOptions) {
    this.#options = options;
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
    if (this.#isAtEnd) return true;
    const answer = new Promise<boolean>((resolve) => this.#drainChecks.push(resolve));
    this.wake();
    return await answer;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped && !this.#isAtEnd) {
      const checks = this.#drainChecks;
      this.#drainChecks = [];
      let isDrained = false;
      if (!this.#isPaused) {
        this.#isDelivering = true;
        // Without an iterator the read failed, which says nothing.
        isDrained = (await this.#readAndDeliver()) === 0 && (this.#iterator !== undefined || this.#isAtEnd);
        this.#isDelivering = false;
      }
      for (const answer of checks) answer(isDrained);
      if (isDrained || this.#isPaused || this.#iterator === undefined) await this.#rest();
    }
    for (const answer of this.#drainChecks) answer(this.#isAtEnd);
  }

  async #rest(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, shortestPauseMs));
    await this.#wakeUp.sleep(this.#idlePause.nextMs());
  }

  /** The number of records that were read, those that the filters rejected included. */
  async #readAndDeliver(): Promise<number> {
    const { batchSize, windowMs, deliver, shardId } = this.#options;
    const first = await this.#read(batchSize);
    let read = first.length;
    const batch = this.#wanted(first);
    const closesAt = performance.now() + windowMs;
    while (batch.length > 0 && batch.length < batchSize && performance.now() < closesAt && !this.#isAtEnd) {
      const more = await this.#read(batchSize - batch.length);
      read += more.length;
      batch.push(...this.#wanted(more));
      const remainingMs = closesAt - performance.now();
      if (more.length === 0 && remainingMs > 1) await this.#wakeUp.sleep(Math.min(remainingMs, 20));
    }
    if (batch.length > 0) {
      this.#idlePause.reset();
      await deliver(batch, shardId);
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
      this.#iterator ??= await this.#newIterator();
      const command = new GetRecordsCommand({
        ShardIterator: this.#iterator,
        Limit: Math.min(1_000, atMost),
      });
      const { Records = [], NextShardIterator } = await this.#options.client.send(command);
      const last = Records.at(-1);
      if (last !== undefined) this.#lastSequenceNumber = sequenceNumberOf(last);
      this.#iterator = NextShardIterator;
      this.#isAtEnd = NextShardIterator === undefined;
      return Records;
    } catch (error) {
      // Iterators expire after 15 minutes: the next read takes a new one behind the last record seen.
      this.#iterator = undefined;
      if (!this.#isStopped) this.#options.onProblem(error);
      return [];
    }
  }

  async #newIterator(): Promise<string | undefined> {
    const { client, streamArn, shardId, startingPosition } = this.#options;
    const place =
      this.#lastSequenceNumber === undefined
        ? { ShardIteratorType: startingPosition }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: this.#lastSequenceNumber };
    const command = new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...place });
    return (await client.send(command)).ShardIterator;
  }
}
