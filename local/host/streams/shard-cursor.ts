import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { sequenceNumberOf } from './stream-event.ts';

export interface ShardPlace {
  readonly client: DynamoDBStreamsClient;
  readonly streamArn: string;
  readonly shardId: string;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
}

/** A place in a shard, which moves on with each read. */
export class ShardCursor {
  readonly #place: ShardPlace;
  #iterator: string | undefined;
  #lastSequenceNumber: string | undefined;
  #from: ShardPlace['startingPosition'];
  #isAtEnd = false;
  #hasFailed = false;

  constructor(place: ShardPlace) {
    this.#place = place;
    this.#from = place.startingPosition;
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Whether the last read failed. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** @throws what the SDK throws; the next read then goes on behind the last record seen */
  async read(atMost: number): Promise<readonly StreamRecord[]> {
    try {
      this.#iterator ??= await this.#newIterator();
      const command = new GetRecordsCommand({
        ShardIterator: this.#iterator,
        Limit: Math.min(1_000, atMost),
      });
      const { Records = [], NextShardIterator } = await this.#place.client.send(command);
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
      // What was trimmed is gone: the next read begins with the oldest that is there, as Lambda does.
      this.#lastSequenceNumber = undefined;
      this.#from = 'TRIM_HORIZON';
      return [];
    }
  }

  async #newIterator(): Promise<string | undefined> {
    const { client, streamArn, shardId } = this.#place;
    const place =
      this.#lastSequenceNumber === undefined
        ? { ShardIteratorType: this.#from }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: this.#lastSequenceNumber };
    const command = new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...place });
    return (await client.send(command)).ShardIterator;
  }
}
