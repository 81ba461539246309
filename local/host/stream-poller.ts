import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  type Shard,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import type { Matcher } from './event-pattern.ts';
import type { Poller } from './poller.ts';
import { ShardReader } from './shard-reader.ts';
import { deliverRecords } from './stream-delivery.ts';
import { sequenceNumberOf } from './stream-event.ts';
import { WakeUp } from './wake-up.ts';

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
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Sends the description of records given up to the destination on failure; undefined: they are dropped, as on AWS. */
  readonly sendToDestination: ((body: string) => Promise<void>) | undefined;
  readonly onProblem: (message: string) => void;
}

/** Shards are listed again this often, and when one ends. */
const listEveryMs = 5_000;

/** An event source mapping from the stream of a table. */
export class StreamPoller implements Poller {
  readonly id: string;
  readonly functionId: string;
  readonly sourceId: string;
  readonly #options: StreamPollerOptions;
  readonly #readers = new Map<string, ShardReader>();
  readonly #ended = new Set<string>();
  readonly #relist = new WakeUp();
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

  /** To be called when something may have been written; reads happen without it too, a little later. */
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

  readonly isDrained = async (): Promise<boolean> => {
    if (!this.#hasListed) return false;
    const answers = await Promise.all([...this.#readers.values()].map((reader) => reader.isDrained()));
    return answers.every(Boolean);
  };

  readonly stop = async (): Promise<void> => {
    this.#isStopped = true;
    this.#relist.ring();
    for (const reader of this.#readers.values()) reader.stop();
    await Promise.all([this.#loop, ...[...this.#readers.values()].map(({ finished }) => finished)]);
  };

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const shards = await this.#listShards();
        const known = new Set(shards.map(({ ShardId }) => ShardId));
        for (const shard of shards) this.#readIfDue(shard, known);
        this.#hasListed = true;
      } catch (error) {
        this.#problem(error);
      }
      await this.#relist.sleep(listEveryMs);
    }
  }

  async #listShards(): Promise<readonly Shard[]> {
    const { client, streamArn: StreamArn } = this.#options;
    const shards: Shard[] = [];
    let ExclusiveStartShardId: string | undefined;
    do {
      const { StreamDescription } = await client.send(
        new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId }),
      );
      shards.push(...(StreamDescription?.Shards ?? []));
      ExclusiveStartShardId = StreamDescription?.LastEvaluatedShardId;
    } while (ExclusiveStartShardId !== undefined);
    return shards;
  }

  /** A shard is read after its parent, or changes of one item would overtake each other. */
  #readIfDue({ ShardId: id, ParentShardId: parent }: Shard, known: ReadonlySet<string | undefined>): void {
    if (this.#isStopped || id === undefined || this.#readers.has(id) || this.#ended.has(id)) return;
    if (parent !== undefined && known.has(parent) && !this.#ended.has(parent)) return;
    const { client, streamArn, batchSize, windowMs, filters } = this.#options;
    const reader = new ShardReader({
      client,
      streamArn,
      shardId: id,
      // What appears after the start is new whatever the mapping's position.
      startingPosition: this.#hasListed ? 'TRIM_HORIZON' : this.#options.startingPosition,
      batchSize,
      windowMs,
      filters,
      deliver: async (records) => await this.#deliver(records, id),
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
    this.#relist.ring();
  }

  async #deliver(records: readonly StreamRecord[], shardId: string): Promise<void> {
    await deliverRecords(records, {
      ...this.#options,
      giveUp: async (given, attempts) => await this.#giveUp(given, attempts, shardId),
      isStopped: () => this.#isStopped,
    });
  }

  /** The invocation record that Lambda sends to a destination on failure: where the records are, not what they hold. */
  async #giveUp(records: readonly StreamRecord[], attempts: number, shardId: string): Promise<void> {
    const { streamArn, functionId, sendToDestination } = this.#options;
    const [first] = records;
    const last = records.at(-1);
    if (sendToDestination === undefined || first === undefined || last === undefined) return;
    const description = {
      requestContext: {
        functionArn: functionId,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: attempts,
      },
      version: '1.0',
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        shardId,
        startSequenceNumber: sequenceNumberOf(first),
        endSequenceNumber: sequenceNumberOf(last),
        approximateArrivalOfFirstRecord: first.dynamodb?.ApproximateCreationDateTime?.toISOString(),
        approximateArrivalOfLastRecord: last.dynamodb?.ApproximateCreationDateTime?.toISOString(),
        batchSize: records.length,
        streamArn,
      },
    };
    await sendToDestination(JSON.stringify(description)).catch((error: unknown) => this.#problem(error));
  }

  #problem(error: unknown): void {
    if (!this.#isStopped)
      this.#options.onProblem(`${this.id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
