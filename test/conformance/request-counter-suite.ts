import { expect, test } from 'vitest';
import { requestRateOf } from '../../lambdas/core/request-rate.ts';
import type { RequestCounter } from '../../lambdas/ports/request-counter.ts';

const start = Date.parse('2026-03-01T10:00:00.000Z');
/** One a second, and ten at once. */
const rate = requestRateOf(60);
const admitted = { kind: 'admitted' };

/**
 * The contract of the port RequestCounter.
 * @param newCounter makes an empty table; each call of its result is a worker with this table
 */
export function requestCounterSuite(newCounter: () => Promise<() => RequestCounter>): void {
  test('admits ten seconds worth of requests at once, and then one each second', async () => {
    const counter = (await newCounter())();
    expect(await admitMany(counter, 12)).toBe(10);
    expect(await counter.admit('crm', rate, start + 500)).toEqual({ kind: 'too-many', afterMs: 500 });
    expect(await counter.admit('crm', rate, start + 1_000)).toEqual(admitted);
    expect(await admitMany(counter, 5, start + 1_000)).toBe(0);
    expect(await admitMany(counter, 20, start + 60_000)).toBe(10);
  });

  test('admits exactly as many when several workers get the requests at the same time', async () => {
    const newWorker = await newCounter();
    const workers = Array.from({ length: 4 }, newWorker);
    const counts = await Promise.all(workers.map((worker) => admitMany(worker, 10)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
    // Each later worker learns from the row that the client is too fast.
    expect(await newWorker().admit('crm', rate, start)).toEqual({ kind: 'too-many', afterMs: 1_000 });
  });

  test('counts each client by itself', async () => {
    const counter = (await newCounter())();
    await admitMany(counter, 12);
    expect(await counter.admit('erp', rate, start)).toEqual(admitted);
  });

  test('admits at least five at once, however slow the rate is', async () => {
    const counter = (await newCounter())();
    const slow = requestRateOf(1);
    for (let times = 0; times < 5; times += 1)
      expect(await counter.admit('crm', slow, start)).toEqual(admitted);
    expect(await counter.admit('crm', slow, start)).toEqual({ kind: 'too-many', afterMs: 60_000 });
  });

  test('begins again when the rate becomes so much faster that the stored instant is impossible', async () => {
    const newWorker = await newCounter();
    const slow = requestRateOf(1);
    const [one, other] = [newWorker(), newWorker()];
    for (let times = 0; times < 5; times += 1) await one.admit('crm', slow, start);
    for (const counter of [one, other]) expect(await counter.admit('crm', rate, start)).toEqual(admitted);
  });
}

/** @returns how many of the requests were admitted */
async function admitMany(counter: RequestCounter, times: number, nowMs = start): Promise<number> {
  let count = 0;
  for (let each = 0; each < times; each += 1)
    if ((await counter.admit('crm', rate, nowMs)).kind === 'admitted') count += 1;
  return count;
}
