import { expect, it } from 'vitest';
import { ChangeTracker, percentile } from '../../../local/change-tracker.ts';
import type { Receipt } from '../../../local/receiver.ts';

const path = 'AWS/opportunity/O1000001';

function receiptOf(version: number, LastModifiedDate: string, webhookId = `msg_${version}`): Receipt {
  const record = { LastModifiedDate };
  return { path, version, webhookId, record, body: '', type: '', topics: [], changes: [], eventIds: [] };
}

it('a change is seen with the first message whose record was modified at its time or later', () => {
  const tracker = new ChangeTracker();
  tracker.addChange(path, '2026-03-01T10:00:00.000Z', 100);
  tracker.addChange(path, '2026-03-01T10:00:00.001Z', 200);
  tracker.addChange(path, '2026-03-01T10:00:00.002Z', 300);
  tracker.addReceipt(receiptOf(2, '2026-03-01T10:00:00.001Z'), 1_000);
  expect(tracker.seen).toEqual([
    { madeAtMs: 100, lagMs: 900 },
    { madeAtMs: 200, lagMs: 800 },
  ]);
  expect(tracker.waitingCount).toBe(1);
  tracker.addReceipt(receiptOf(3, '2026-03-01T10:00:00.002Z'), 1_500);
  expect(tracker.seen).toHaveLength(3);
  expect(tracker.waitingCount).toBe(0);
});

it('a change waits while only messages of other records or of older states arrive', () => {
  const tracker = new ChangeTracker();
  tracker.addChange(path, '2026-03-01T10:00:00.001Z', 100);
  tracker.addReceipt({ ...receiptOf(9, '2026-03-02T10:00:00.000Z'), path: 'AWS/opportunity/O1000002' }, 500);
  tracker.addReceipt(receiptOf(1, '2026-03-01T10:00:00.000Z'), 500);
  tracker.addReceipt(receiptOf(1, 'no timestamp'), 500);
  expect(tracker.seen).toEqual([]);
  expect(tracker.waitingCount).toBe(1);
});

it('a message that is repeated is one version, and one with another id is a duplicate', () => {
  const tracker = new ChangeTracker();
  tracker.addReceipt(receiptOf(1, '2026-03-01T10:00:00.000Z'), 100);
  tracker.addReceipt(receiptOf(1, '2026-03-01T10:00:00.000Z'), 200);
  expect(tracker).toMatchObject({ versionCount: 1, repeatCount: 1, duplicates: [] });
  tracker.addReceipt(receiptOf(1, '2026-03-01T10:00:00.000Z', 'msg_other'), 300);
  expect(tracker.duplicates).toEqual([`${path} version 1 has two webhook ids`]);
  expect(tracker.hasReceived(path, 1)).toBe(true);
  expect(tracker.hasReceived(path, 2)).toBe(false);
});

it('percentile returns the number that the given share of all numbers does not exceed', () => {
  const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(numbers, share))).toEqual([51, 96, 100, 100]);
  expect(percentile([], 0.5)).toBeNaN();
});
