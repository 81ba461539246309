import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { fromAttributes, toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbPassStore, passItemKey } from '../../lambdas/adapters/dynamodb-pass-store.ts';
import type { PassKey } from '../../lambdas/core/pass.ts';

const key: PassKey = { catalog: 'AWS', name: 'engagements' };
const now = '2026-03-01T10:00:00.000Z';
const leaseEndsAt = '2026-03-01T10:01:00.000Z';
const latest = '2026-03-03T11:00:00.000Z';

interface Item {
  readonly [name: string]: unknown;
}

/**
 * How the adapter parses items that were edited by hand, and the names under which it stores state.
 */
export function passItemSuite(
  newTable: () => Promise<{ readonly client: DynamoDBClient; readonly tableName: string }>,
): void {
  const claimWith = async (item: Item) => {
    const { client, tableName: TableName } = await newTable();
    const Item = toAttributes({ ...passItemKey(key), ...item });
    await client.send(new PutItemCommand({ TableName, Item }));
    return dynamodbPassStore(client, TableName).claim(key, now, leaseEndsAt, latest);
  };

  describe('an item that was edited by hand', () => {
    test.each<[string, Item, string[]]>([
      ['a text that is no time', { dueAt: 'tomorrow' }, ['dueAt']],
      ['a number', { dueAt: 20_991_231 }, ['dueAt']],
      ['a time that will never come', { dueAt: '9999-12-31T00:00:00.000Z' }, []],
      ['nothing', { state: { watermark: now } }, []],
    ])('is due where its due time is %s', async (_what, item, unreadable) => {
      expect(await claimWith(item)).toMatchObject({ leaseEndsAt, unreadable });
    });

    test('is claimed on request where its lease is no lease', async () => {
      const item = { dueAt: '2026-03-01T10:30:00.000Z', leased: 'no', requested: true };
      expect(await claimWith(item)).toMatchObject({ leaseEndsAt, unreadable: ['leased'] });
    });

    test('loses an invalid request, so that it is reported once', async () => {
      const { client, tableName: TableName } = await newTable();
      const Item = toAttributes({ ...passItemKey(key), fullRequestedAt: 'today' });
      await client.send(new PutItemCommand({ TableName, Item }));
      const store = dynamodbPassStore(client, TableName);
      const pass = await store.claim(key, now, leaseEndsAt, latest);
      expect(pass?.unreadable).toEqual(['fullRequestedAt']);
      if (pass) await store.release(pass, {}, now);
      expect(await store.claim(key, now, leaseEndsAt, latest)).toMatchObject({ unreadable: [] });
    });

    test('loses only the invalid members of its state', async () => {
      const progress = { startedAt: now, full: false, pages: '3' };
      const state = { watermark: 'yesterday', lastFullAt: '2026-02-22T10:00:00Z', progress };
      expect(await claimWith({ state })).toMatchObject({
        state: { lastFullAt: '2026-02-22T10:00:00.000Z' },
        unreadable: ['watermark', 'progress'],
      });
    });

    test.each<[string, unknown]>([
      ['a text', 'full'],
      ['a number', 7],
      ['a boolean', true],
    ])('is as good as new where its state is %s', async (_what, state) => {
      expect(await claimWith({ state, fullRequestedAt: 7 })).toMatchObject({
        state: { watermark: undefined },
        fullRequestedAt: undefined,
        unreadable: ['state', 'fullRequestedAt'],
      });
    });

    test('may contain numbers with more digits than JavaScript supports', async () => {
      const { client, tableName: TableName } = await newTable();
      const state = { M: { watermark: { N: '12345678901234567890123' } } };
      await client.send(
        new PutItemCommand({ TableName, Item: { ...toAttributes(passItemKey(key)), state } }),
      );
      const pass = await dynamodbPassStore(client, TableName).claim(key, now, leaseEndsAt, latest);
      expect(pass?.unreadable).toEqual(['watermark']);
    });
  });

  test('a claim before the due time writes nothing, because a refused write costs as much as a write', async () => {
    const { client, tableName } = await newTable();
    const store = dynamodbPassStore(client, tableName);
    const pass = await store.claim(key, now, leaseEndsAt, latest);
    if (pass) await store.release(pass, {}, leaseEndsAt);
    const operations: (string | undefined)[] = [];
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          operations.push(commandName);
          return next(args);
        },
      { name: 'recorder' },
    );
    expect(await store.claim(key, now, leaseEndsAt, latest)).toBeUndefined();
    client.middlewareStack.remove('recorder');
    expect(operations).toEqual(['GetItemCommand']);
  });

  test('the item stores the watermark and the due time under plain names', async () => {
    const { client, tableName: TableName } = await newTable();
    const store = dynamodbPassStore(client, TableName);
    const pass = await store.claim(key, now, leaseEndsAt, latest);
    if (pass) await store.release(pass, { watermark: '2026-02-28T08:00:00.001Z' }, leaseEndsAt);
    const Key = toAttributes({ pk: 'pass', sk: 'AWS/engagements' });
    const { Item = {} } = await client.send(new GetItemCommand({ TableName, Key }));
    expect(fromAttributes(Item)).toEqual({
      pk: 'pass',
      sk: 'AWS/engagements',
      format: 1,
      dueAt: leaseEndsAt,
      state: { watermark: '2026-02-28T08:00:00.001Z' },
    });
  });
}
