import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { hasEnded, passPath, passRows } from '../../bin/pcr/stores/pass-rows.ts';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbPassStore, passItemKey } from '../../lambdas/adapters/dynamodb-pass-store.ts';
import { beginProgress, type PassKey } from '../../lambdas/core/pass.ts';

const key: PassKey = { catalog: 'AWS', name: 'engagements' };
const now = '2026-03-01T10:00:00.000Z';
const leaseEndsAt = '2026-03-01T10:01:00.000Z';
const nextDueAt = '2026-03-01T11:00:00.000Z';
const latest = '2026-03-03T11:00:00.000Z';

/** `pcr` reads each attribute that the pass store of `reconcile` writes. */
export function passRowsSuite(
  newTable: () => Promise<{ readonly client: DynamoDBClient; readonly tableName: string }>,
): void {
  const open = async () => {
    const { client, tableName } = await newTable();
    const store = dynamodbPassStore(client, tableName);
    const readRow = async () => (await passRows(client, tableName)).get(passPath(key));
    const claim = async () => {
      const claimed = await store.claim(key, now, leaseEndsAt, latest);
      if (!claimed) throw new Error('the pass is not due');
      return claimed;
    };
    return { client, tableName, store, readRow, claim };
  };

  test('a pass that never ran has no row', async () => {
    const { readRow } = await open();
    expect(await readRow()).toBeUndefined();
  });

  test('a requested pass is listed as requested until it is claimed', async () => {
    const { store, readRow, claim } = await open();
    await store.request(key);
    expect(await readRow()).toEqual({ requested: true, leased: false });
    await claim();
    expect(await readRow()).toEqual({ requested: false, leased: true, dueAt: leaseEndsAt });
  });

  test('a running pass is listed with its position and has not ended, leased or paused', async () => {
    const { store, readRow, claim } = await open();
    const progress = { ...beginProgress(now, true), nextToken: 'page-2', pages: 1 };
    const saved = await store.save(await claim(), { progress }, leaseEndsAt);
    expect(await readRow()).toMatchObject({ leased: true, progress });
    if (saved) await store.release(saved, { progress }, nextDueAt);
    const paused = await readRow();
    expect(paused).toMatchObject({ leased: false, progress, dueAt: nextDueAt });
    expect(hasEnded(undefined, paused)).toBe(false);
  });

  test('a pass has ended when its claim is released without a position', async () => {
    const { store, readRow, claim } = await open();
    await store.request(key);
    const before = await readRow();
    expect(hasEnded(before, before)).toBe(false);
    const claimed = await claim();
    expect(hasEnded(before, await readRow())).toBe(false);
    await store.release(claimed, { watermark: now, finishedAt: now }, nextDueAt);
    const ended = await readRow();
    expect(ended).toEqual({ requested: false, leased: false, dueAt: nextDueAt, finishedAt: now });
    expect(hasEnded(before, ended)).toBe(true);
    expect(hasEnded(ended, ended)).toBe(false);
  });

  test('a pass that failed is listed with the time and the reason of its failure and has ended', async () => {
    const { store, readRow, claim } = await open();
    const failure = { code: 'partner-central.access-denied', reason: '{"operation":"ListEngagements"}' };
    await store.release(await claim(), { failedAt: now, failure }, nextDueAt);
    const failed = await readRow();
    expect(failed).toMatchObject({ failedAt: now, failure });
    expect(hasEnded(undefined, failed)).toBe(true);
  });

  test('a malformed row is left out and all others are returned', async () => {
    const { client, tableName, store, readRow } = await open();
    const malformed = { ...passItemKey({ ...key, catalog: 'Sandbox' }), dueAt: 7 };
    await client.send(new PutItemCommand({ TableName: tableName, Item: toAttributes(malformed) }));
    await store.request(key);
    expect((await passRows(client, tableName)).size).toBe(1);
    expect(await readRow()).toBeDefined();
  });
}
