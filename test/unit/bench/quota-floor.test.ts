import { expect, it } from 'vitest';
import { quotaWaitsMs } from '../../../bench/quota-floor.ts';

const changesOf = (count: number, records: number, everyMs = 0) =>
  Array.from({ length: count }, (_, index) => ({
    record: `O${index % records}`,
    madeAtMs: 1_000 + everyMs * index,
  }));

it('a quota that is not used up makes no change wait', () => {
  expect(Math.max(...quotaWaitsMs(changesOf(30, 30, 100), 10))).toBe(0);
});

it('a burst is read at once up to the quota, and then as many records a second', () => {
  const waits = quotaWaitsMs(changesOf(25, 25), 10);
  expect(waits.filter((ms) => ms === 0)).toHaveLength(10);
  expect(waits.filter((ms) => ms === 1_000)).toHaveLength(10);
  expect(waits.filter((ms) => ms === 2_000)).toHaveLength(5);
});

it('changes of one record that wait together take one read', () => {
  const waits = quotaWaitsMs(changesOf(100, 20), 10);
  expect(waits).toHaveLength(100);
  expect(waits.filter((ms) => ms === 0)).toHaveLength(50);
  expect(waits.filter((ms) => ms === 1_000)).toHaveLength(50);
});

it('a change that is made after the read of its record takes another one', () => {
  const changes = [
    { record: 'O1', madeAtMs: 0 },
    { record: 'O1', madeAtMs: 10 },
  ];
  expect(quotaWaitsMs(changes, 1)).toEqual([0, 990]);
});

it('no change waits if there is none', () => {
  expect(quotaWaitsMs([], 10)).toEqual([]);
});
