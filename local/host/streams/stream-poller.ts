import type { DynamoDBStreamsClient, Shard, _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { Matcher } from '../../../lambdas/core/event-pattern.ts';
import type { Poller } from '../event-sources/poller.ts';
import { WakeSignal } from '../event-sources/wake-up.ts';
import { ShardReader } from './shard-reader.ts';
import { listShards } from './shards.ts';
import { deliverRecords } from './stream-delivery.ts';

export interface StreamPollerOptions {
  readonly id: string;
  readonly functionId: string;
  readonly sourceId: string;
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly batchSize: number;
  readonly windowMs: number;
  readonly filters: readonly Matcher[] | undefined;
  readonly reportsBatchItemFailures: boolean;
  readonly maximumRetryAttempts: number | undefined;
  readonly bisects: boolean;
  readonly timeScale: number;
  /** Returns whether the records were trimmed before their delivery. */
  readonly isTrimmed: () => boolean;
  readonly invoke: (event: unknown) => Promise<unknown>;
  readonly onProblem: (message: string) => void;
}

/** Interval for listing shards. They are also listed when a shard ends. */
const listEveryMs = 5_000;

/** An event source mapping from the stream of a table. */
export class StreamPoller implements Poller {
  readonly id: string;
  readonly functionId: string;
  readonly sourceId: string;
  readonly #options: StreamPollerOptions;
  readonly #readers = new Map<string, ShardReader>();
  readonly #ended = new Set<string>();
  readonly #relist = new WakeSignal();
  readonly #loop: Promise<void>;
  #isStopped = false;
  #isPaused = false;
  #hasListed = false;

  constructor(options: StreamPollerOptions) {
    this.id = options.id;
    this.functionId = options.functionId;
    this.sourceId = options.sourceId;
    this.#options = options;
    this.#loop = this.#run();
  }

  /**
   * Reads at once, because a table may have changed. Without it the next read is a little later.
   */
  readonly wake = (): void => {
    for (const reader of this.#readers.values()) reader.wake();
  };

  readonly pause = async (): Promise<void> => {
    this.#isPaused = true;
    await Promise.all([...this.#readers.values()].map((reader) => reader.pause()));
  };

  readonly resume = (): void => {
    this.#isPaused = false;
    for (const reader of this.#readers.values()) reader.resume();
  };

  readonly isBusy = (): boolean => [...this.#readers.values()].some((reader) => reader.isBehind);

  readonly isDrained = async (): Promise<boolean> => {
    if (!this.#hasListed) return false;
    const answers = await Promise.all([...this.#readers.values()].map((reader) => reader.isDrained()));
    return answers.every(Boolean);
  };

  readonly stop = async (): Promise<void> => {
    this.#isStopped = true;
    this.#relist.notify();
    for (const reader of this.#readers.values()) reader.stop();
    await Promise.all([this.#loop, ...[...this.#readers.values()].map(({ finished }) => finished)]);
  };

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const shards = await listShards(this.#options.client, this.#options.streamArn);
        const known = new Set(shards.map(({ ShardId }) => ShardId));
        for (const shard of shards) this.#readIfDue(shard, known);
        this.#hasListed = true;
      } catch (error) {
        this.#problem(error);
      }
      await this.#relist.sleep(listEveryMs);
    }
  }

  /** Reads a shard only after its parent, because the changes of one item must stay in order. */
  #readIfDue({ ShardId: id, ParentShardId: parent }: Shard, known: ReadonlySet<string | undefined>): void {
    if (this.#isStopped || id === undefined || this.#readers.has(id) || this.#ended.has(id)) return;
    if (parent !== undefined && known.has(parent) && !this.#ended.has(parent)) return;
    const { client, streamArn, batchSize, windowMs, filters } = this.#options;
    const reader = new ShardReader({
      client,
      streamArn,
      shardId: id,
      // All records of a shard that appears after the start are new, also for LATEST.
      startingPosition: this.#hasListed ? 'TRIM_HORIZON' : this.#options.startingPosition,
      batchSize,
      windowMs,
      filters,
      deliver: async (records) => await this.#deliver(records),
      onProblem: (error) => this.#problem(error),
    });
    this.#readers.set(id, reader);
    if (this.#isPaused) void reader.pause();
    void this.#followEnd(id, reader);
  }

  async #followEnd(id: string, reader: ShardReader): Promise<void> {
    await reader.finished;
    if (this.#isStopped) return;
    this.#readers.delete(id);
    this.#ended.add(id);
    this.#relist.notify();
  }

  async #deliver(records: readonly StreamRecord[]): Promise<void> {
    if (this.#options.isTrimmed()) return;
    await deliverRecords(records, {
      ...this.#options,
      // As on AWS, records are dropped if the mapping has no on-failure destination.
      giveUp: ({ length }, attempts) =>
        this.#problem(`${length} stream records were dropped after ${attempts} attempts`),
      isStopped: () => this.#isStopped,
    });
  }

  #problem(error: unknown): void {
    if (!this.#isStopped)
      this.#options.onProblem(`${this.id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
