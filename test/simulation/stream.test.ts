import type { DynamoDBStreamEvent } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Invocation, InvocationAnswer } from '../../local/simulation/lambda-function.ts';
import { Stream } from '../../local/simulation/stream.ts';
import { runUntil, type SmallWorld, type Strikes, smallWorld } from './small-world.ts';

type Given = InvocationAnswer | 'throttled' | 'hangs';

const done: InvocationAnswer = { outcome: 'answered', value: { batchItemFailures: [] } };
const failed: InvocationAnswer = { outcome: 'failed' };

let world: SmallWorld;
let stream: Stream;
let invocations: Invocation<DynamoDBStreamEvent>[];

/** @param answers of the invocations in order; the last one is given to all that follow */
function start(strikes: Strikes, ...answers: readonly [...Given[], Given]): void {
  world = smallWorld(strikes);
  invocations = [];
  const invoke = (invocation: Invocation<DynamoDBStreamEvent>): void => {
    invocations.push(invocation);
    const answer = answers[invocations.length - 1] ?? answers.at(-1) ?? done;
    if (answer === 'throttled') invocation.onThrottled();
    else if (answer !== 'hangs') invocation.onEnd(answer);
  };
  stream = new Stream({ ...world, consumer: { invoke } });
}

/** Names the record with this sequence number as the first that failed. */
function failedAt(number: number): InvocationAnswer {
  return {
    outcome: 'answered',
    value: { batchItemFailures: [{ itemIdentifier: String(number) }] },
  };
}

/** Writes versions of a record. Ids that end with 0 are in one shard, ids with 1 in the other. */
function write(id: string, ...versions: readonly number[]): void {
  for (const version of versions) stream.write({ catalog: 'AWS', kind: 'opportunity', id, version });
}

/** Sequence numbers of each invocation: `1 2 3`. */
const batches = () =>
  invocations.map(({ event }) => event.Records.map(({ dynamodb }) => dynamodb?.SequenceNumber).join(' '));

beforeEach(() => start({}, done));

describe('Stream', () => {
  it('brings the key of each version, as an insertion', async () => {
    write('O10', 1);
    await runUntil(world, 1_000);
    expect(invocations[0]?.event.Records).toEqual([
      {
        eventName: 'INSERT',
        eventSource: 'aws:dynamodb',
        dynamodb: {
          SequenceNumber: '1',
          Keys: { pk: { S: expect.stringContaining('O10') }, sk: { S: expect.stringMatching(/1$/) } },
        },
      },
    ]);
    expect(stream.isEmpty).toBe(true);
  });

  it('brings the versions of one record in their order, in batches', async () => {
    write('O10', 1, 2, 3);
    expect(stream.isEmpty).toBe(false);
    await runUntil(world, 1_000);
    expect(batches()).toEqual(['1 2 3']);
  });

  it('brings what is written meanwhile in the next batch', async () => {
    start({}, 'hangs');
    write('O10', 1);
    await runUntil(world, 1_000);
    write('O10', 2, 3);
    await runUntil(world, 5_000);
    expect(batches()).toEqual(['1']);
    invocations[0]?.onEnd(done);
    await runUntil(world, 10_000);
    expect([batches(), stream.isEmpty]).toEqual([['1', '2 3'], false]);
  });

  it('goes on in one shard while the other one hangs', async () => {
    start({}, 'hangs', done);
    write('O10', 1);
    await runUntil(world, 1_000);
    write('O11', 1);
    await runUntil(world, 2_000);
    expect(batches()).toEqual(['1', '2']);
  });

  it('brings at most 100 records at a time', async () => {
    write('O10', ...Array.from({ length: 150 }, (_, index) => index + 1));
    await runUntil(world, 2_000);
    expect(invocations.map(({ event }) => event.Records.length)).toEqual([100, 50]);
  });

  it('goes on from the first failed record', async () => {
    start({}, failedAt(3), done);
    write('O10', 1, 2, 3, 4);
    await runUntil(world, 60_000);
    expect([batches(), stream.isEmpty]).toEqual([['1 2 3 4', '3 4'], true]);
  });

  it('brings half a batch after an error, until the half succeeds', async () => {
    start({}, failed, failed, done);
    write('O10', 1, 2, 3, 4);
    await runUntil(world, 60_000);
    expect([batches(), stream.isEmpty]).toEqual([['1 2 3 4', '1 2', '1', '2 3 4'], true]);
  });

  it('waits before it retries, even if more is written meanwhile', async () => {
    start({}, failed, done);
    write('O10', 1, 2);
    await runUntil(world, 300);
    write('O10', 3);
    await runUntil(world, 2_000);
    expect(batches()).toEqual(['1 2']);
    await runUntil(world, 60_000);
    expect(batches()).toEqual(['1 2', '1', '2 3']);
  });

  it('gives up what is left of a batch after its retries, and goes on with what follows', async () => {
    start({}, failedAt(2), failedAt(2), failedAt(2), failedAt(2), done);
    write('O10', 1, 2, 3);
    await runUntil(world, 600_000);
    expect([batches(), stream.isEmpty]).toEqual([['1 2 3', '2 3', '2 3', '2 3'], true]);
    expect(world.trace.entries.map(({ what }) => what)).toContain('gives up 2 records');
    write('O10', 4);
    await runUntil(world, 700_000);
    expect(batches().at(-1)).toBe('4');
  });

  it('counts failures anew once a record has succeeded', async () => {
    start({}, failedAt(1), failedAt(1), failedAt(2), failedAt(2), failedAt(2), done);
    write('O10', 1, 2);
    await runUntil(world, 600_000);
    expect(batches()).toEqual(['1 2', '1 2', '1 2', '2', '2', '2']);
  });

  it('does not count an invocation that is throttled', async () => {
    start({}, 'throttled', 'throttled', 'throttled', 'throttled', 'throttled', 'throttled', done);
    write('O10', 1, 2);
    await runUntil(world, 60_000);
    expect([new Set(batches()), batches().length, stream.isEmpty]).toEqual([new Set(['1 2']), 7, true]);
  });

  it('trims a record before it is read', async () => {
    start({ 'stream-lost': [false, true, false] }, done);
    write('O10', 1, 2, 3);
    await runUntil(world, 1_000);
    expect([batches(), stream.isEmpty]).toEqual([['1 3'], true]);
  });

  it('brings records late', async () => {
    start({ 'stream-late': 'always' }, done);
    write('O10', 1);
    await runUntil(world, 60_000);
    expect([batches(), stream.isEmpty]).toEqual([[], false]);
    await runUntil(world, 180_000);
    expect(batches()).toEqual(['1']);
  });

  it('reads records again that were processed', async () => {
    start({ 'stream-reread': [true] }, done);
    write('O10', 1, 2);
    await runUntil(world, 60_000);
    expect([batches(), stream.isEmpty]).toEqual([['1 2', '1 2'], true]);
  });
});
