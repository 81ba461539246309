import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import { expect, test } from 'vitest';
import {
  deliverRecords,
  type StreamDeliveryOptions,
} from '../../../../local/host/streams/stream-delivery.ts';

// Sequence numbers that sort wrongly as text.
const records: readonly StreamRecord[] = ['8', '9', '10', '11'].map((SequenceNumber) => ({
  eventName: 'INSERT',
  dynamodb: { SequenceNumber },
}));

/** Delivers to a function that answers each batch (as its sequence numbers) with a response or an error. */
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

test('success is one call', async () => {
  expect(await deliver(() => undefined)).toEqual({ calls: ['8 9 10 11'], givenUp: [] });
});

test('it resumes at the lowest failed record, by number and not by text', async () => {
  const { calls, givenUp } = await deliver((_, call) => (call === 1 ? failing('11', '9') : undefined));
  expect(calls).toEqual(['8 9 10 11', '9 10 11']);
  expect(givenUp).toEqual([]);
});

test('a record that fails for ever is given up with the rest of its batch after the attempts', async () => {
  const { calls, givenUp } = await deliver(() => failing('10'));
  expect(calls).toEqual(['8 9 10 11', '10 11', '10 11']);
  expect(givenUp).toEqual(['10 11 after 3']);
});

test('an error of the whole invocation is tried again as a whole', async () => {
  const { calls, givenUp } = await deliver(fail);
  expect(calls).toEqual(['8 9 10 11', '8 9 10 11', '8 9 10 11']);
  expect(givenUp).toEqual(['8 9 10 11 after 3']);
});

test('bisecting finds the one record that breaks the function', async () => {
  const { calls, givenUp } = await deliver((batch) => (batch.includes('10') ? fail() : undefined), {
    bisects: true,
    maximumRetryAttempts: 1,
  });
  expect(calls).toEqual(['8 9 10 11', '8 9', '10 11', '10', '10', '11']);
  expect(givenUp).toEqual(['10 after 2']);
});

test('without a limit it goes on until it succeeds', async () => {
  const { calls } = await deliver((_, call) => (call < 6 ? fail() : undefined), {
    maximumRetryAttempts: undefined,
  });
  expect(calls).toHaveLength(6);
});

test('failures that are not reported in the way of the mapping are successes', async () => {
  const { calls } = await deliver(() => failing('8'), { reportsBatchItemFailures: false });
  expect(calls).toHaveLength(1);
});
