import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import { expect, it } from 'vitest';
import {
  deliverRecords,
  type StreamDeliveryOptions,
} from '../../../../local/host/streams/stream-delivery.ts';

// Sequence numbers that sort wrongly as text.
const records: readonly StreamRecord[] = ['8', '9', '10', '11'].map((SequenceNumber) => ({
  eventName: 'INSERT',
  dynamodb: { SequenceNumber },
}));

/** Delivers the records to a function that maps the sequence numbers of a batch to a response. */
async function deliver(
  answer: (batch: readonly string[], call: number) => unknown,
  options: Partial<StreamDeliveryOptions> = {},
) {
  const calls: string[] = [];
  const givenUp: string[] = [];
  await deliverRecords(records, {
    streamArn: 'arn:stream',
    reportsBatchItemFailures: true,
    maximumRetryAttempts: 2,
    bisects: false,
    timeScale: 0.001,
    invoke: async (event) => {
      const batch = numbersOf(event);
      calls.push(batch.join(' '));
      return await answer(batch, calls.length);
    },
    giveUp: (given, attempts) => {
      givenUp.push(`${given.map(({ dynamodb }) => dynamodb?.SequenceNumber).join(' ')} after ${attempts}`);
    },
    isStopped: () => false,
    ...options,
  });
  return { calls, givenUp };
}

function numbersOf(event: unknown): readonly string[] {
  return [...JSON.stringify(event).matchAll(/"SequenceNumber":"(\d+)"/g)].map(([, number = '']) => number);
}

const failing = (...numbers: readonly string[]) => ({
  batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier })),
});
const fail = (): never => {
  throw new Error('no');
};

it('deliverRecords calls the function once if it succeeds', async () => {
  expect(await deliver(() => undefined)).toEqual({ calls: ['8 9 10 11'], givenUp: [] });
});

it('deliverRecords resumes at the failed record with the lowest number, not by text order', async () => {
  const { calls, givenUp } = await deliver((_, call) => (call === 1 ? failing('11', '9') : undefined));
  expect(calls).toEqual(['8 9 10 11', '9 10 11']);
  expect(givenUp).toEqual([]);
});

it('deliverRecords drops a permanently failing record with the rest of its batch after the attempts', async () => {
  const { calls, givenUp } = await deliver(() => failing('10'));
  expect(calls).toEqual(['8 9 10 11', '10 11', '10 11']);
  expect(givenUp).toEqual(['10 11 after 3']);
});

it('deliverRecords retries the whole batch after a failed invocation', async () => {
  const { calls, givenUp } = await deliver(fail);
  expect(calls).toEqual(['8 9 10 11', '8 9 10 11', '8 9 10 11']);
  expect(givenUp).toEqual(['8 9 10 11 after 3']);
});

it('deliverRecords isolates a failing record by bisecting', async () => {
  const { calls, givenUp } = await deliver((batch) => (batch.includes('10') ? fail() : undefined), {
    bisects: true,
    maximumRetryAttempts: 1,
  });
  expect(calls).toEqual(['8 9 10 11', '8 9', '10 11', '10', '10', '11']);
  expect(givenUp).toEqual(['10 after 2']);
});

it('deliverRecords retries until it succeeds if there is no limit', async () => {
  const { calls } = await deliver((_, call) => (call < 6 ? fail() : undefined), {
    maximumRetryAttempts: undefined,
  });
  expect(calls).toHaveLength(6);
});

it('deliverRecords ignores reported failures if the mapping does not use them', async () => {
  const { calls } = await deliver(() => failing('8'), { reportsBatchItemFailures: false });
  expect(calls).toHaveLength(1);
});
