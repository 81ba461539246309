import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { VersionRef } from '../../lambdas/core/record.ts';
import { versionItemKey } from '../../lambdas/core/tables.ts';
import { between, type Random } from '../partner-central/seeded-random.ts';
import type { Faults } from './faults.ts';
import type { Consumer, InvocationAnswer } from './lambda-function.ts';
import { failedIdsIn } from './queue.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface StreamDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly random: Random;
  readonly consumer: Consumer<DynamoDBStreamEvent>;
}

interface StreamRecord {
  readonly number: string;
  readonly ref: VersionRef;
}

interface Shard {
  readonly name: string;
  readonly records: StreamRecord[];
  /** An invocation runs, or is to be made again. */
  isBusy: boolean;
  /** Failures in a row of the first record. */
  failures: number;
}

/** As in lib/constructs/webhook-delivery.ts. */
const batchSize = 100;
const retryAttempts = 3;
const shardCount = 2;

/**
 * The stream of the Records table with its event source mapping: shards in order, batches, retries
 * from the first failed record, and half a batch after an error. After the retries Lambda gives up:
 * here only the first record. DynamoDB trims records after 24 hours. Sources: the Lambda developer
 * guide, "Lambda parameters for Amazon DynamoDB event source mappings" and "Configuring partial
 * batch response with DynamoDB and Lambda".
 */
export class Stream {
  readonly #deps: StreamDeps;
  readonly #shards: readonly Shard[] = Array.from({ length: shardCount }, (_, index) => ({
    name: `shard ${index + 1}`,
    records: [],
    isBusy: false,
    failures: 0,
  }));
  #written = 0;

  constructor(deps: StreamDeps) {
    this.#deps = deps;
  }

  /** Whether no record waits. */
  get isEmpty(): boolean {
    return this.#shards.every(({ records, isBusy }) => records.length === 0 && !isBusy);
  }

  /** Adds a stored version. All versions of a record are in one shard, in their order. */
  write(ref: VersionRef): void {
    const { faults, scheduler, random } = this.#deps;
    const shard = this.#shards[ref.id.charCodeAt(ref.id.length - 1) % shardCount];
    if (!shard) return;
    this.#written += 1;
    const number = String(this.#written);
    if (faults.strikes('stream-lost', shard.name, `has trimmed record ${number} before it was read`)) return;
    shard.records.push({ number, ref });
    const lateMs = faults.strikes('stream-late', shard.name, 'is late')
      ? between(faults.random('stream-late'), 1_000, 180_000)
      : between(random, 20, 500);
    scheduler.after(lateMs, () => this.#poll(shard, batchSize));
  }

  #poll(shard: Shard, limit: number): void {
    if (shard.isBusy || shard.records.length === 0) return;
    const { consumer } = this.#deps;
    const batch = shard.records.slice(0, limit);
    shard.isBusy = true;
    consumer.invoke({
      event: { Records: batch.map(streamRecord) },
      onThrottled: () => this.#pollAgain(shard, 1_000, limit),
      onEnd: (answer) => this.#onEnd(shard, batch, answer),
    });
  }

  #onEnd(shard: Shard, batch: readonly StreamRecord[], answer: InvocationAnswer): void {
    const { scheduler, faults, trace, random } = this.#deps;
    const failed = answer.outcome === 'answered' ? failedIdsIn(answer.value) : undefined;
    const firstFailed = failed ? batch.findIndex(({ number }) => failed.has(number)) : 0;
    const done = firstFailed < 0 ? batch.length : firstFailed;
    const isReread = faults.strikes('stream-reread', shard.name, 'is read again from an earlier position');
    if (!isReread) shard.records.splice(0, done);
    if (done === batch.length || done > 0) shard.failures = 0;
    if (done === batch.length) {
      shard.isBusy = false;
      scheduler.after(between(random, 20, 200), () => this.#poll(shard, batchSize));
      return;
    }
    shard.failures += 1;
    if (shard.failures > retryAttempts) {
      const givenUp = shard.records.splice(0, batch.length - done);
      shard.failures = 0;
      trace.note(shard.name, `gives up ${givenUp.length} records`);
    }
    const next = failed === undefined ? Math.max(1, batch.length >> 1) : batchSize;
    this.#pollAgain(shard, between(random, 500, 5_000), next);
  }

  #pollAgain(shard: Shard, waitMs: number, limit: number): void {
    this.#deps.scheduler.after(waitMs, () => {
      shard.isBusy = false;
      this.#poll(shard, limit);
    });
  }
}

function streamRecord({ number, ref }: StreamRecord): DynamoDBStreamEvent['Records'][number] {
  const { pk, sk } = versionItemKey(ref);
  return {
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      SequenceNumber: number,
      Keys: { pk: { S: pk }, sk: { S: sk } },
    },
  };
}
