import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { sequenceNumberOf } from './stream-event.ts';

export interface ShardPosition {
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly shardId: string;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
}

/** A position in a shard that advances with each read. */
export class ShardCursor {
  readonly #start: ShardPosition;
  #iterator: string | undefined;
  #lastSequenceNumber: string | undefined;
  #from: ShardPosition['startingPosition'];
  #isAtEnd = false;
  #hasFailed = false;

  constructor(start: ShardPosition) {
    this.#start = start;
    this.#from = start.startingPosition;
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Whether the last read failed. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** @throws the error of the SDK. The next read then continues after the last read record. */
  async read(atMost: number): Promise<readonly StreamRecord[]> {
    try {
      this.#iterator ??= await this.#newIterator();
      const command = new GetRecordsCommand({
        ShardIterator: this.#iterator,
        Limit: Math.min(1_000, atMost),
      });
      const { Records = [], NextShardIterator } = await this.#start.client.send(command);
      const last = Records.at(-1);
      if (last !== undefined) this.#lastSequenceNumber = sequenceNumberOf(last);
      this.#iterator = NextShardIterator;
      this.#isAtEnd = NextShardIterator === undefined;
      this.#hasFailed = false;
      return Records;
    } catch (error) {
      // Iterators expire after 15 minutes.
      this.#iterator = undefined;
      this.#hasFailed = true;
      if (!(error instanceof TrimmedDataAccessException)) throw error;
      // Trimmed records are lost. Like Lambda, the next read starts at the oldest existing record.
      this.#lastSequenceNumber = undefined;
      this.#from = 'TRIM_HORIZON';
      return [];
    }
  }

  async #newIterator(): Promise<string | undefined> {
    const { client, streamArn, shardId } = this.#start;
    const position =
      this.#lastSequenceNumber === undefined
        ? { ShardIteratorType: this.#from }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: this.#lastSequenceNumber };
    const command = new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...position });
    return (await client.send(command)).ShardIterator;
  }
}
