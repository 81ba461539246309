import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { afterEach, expect, test } from 'vitest';
import { batchedDeletes, batchedPuts } from '../../lambdas/adapters/dynamodb-batched-writes.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { storedVersions } from '../../lambdas/adapters/stored-versions.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { versionOf } from '../builders/versions.ts';

const attributes = v.looseObject({ pk: v.object({ S: v.string() }) });
const requestSchema = v.union([
  v.object({ TableName: v.string(), Item: attributes }),
  v.object({ TableName: v.string(), Key: attributes }),
  v.object({
    RequestItems: v.object({
      records: v.union([
        v.array(
          v.union([
            v.object({ PutRequest: v.object({ Item: attributes }) }),
            v.object({ DeleteRequest: v.object({ Key: attributes }) }),
          ]),
        ),
        v.object({ Keys: v.array(attributes) }),
      ]),
    }),
  }),
]);

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

interface Table {
  /** Operation and keys of each request in the order of arrival. */
  readonly requested: string[];
  readonly client: DynamoDBClient;
}

/**
 * A DynamoDB that writes at most `maxAtOnce` items of a batch, and refuses requests with the key
 * `bad`. It has no items.
 */
async function table(maxAtOnce = 25): Promise<Table> {
  const requested: string[] = [];
  const server = await startLoopbackServer(
    (request, response) => void answer(request, response, requested, maxAtOnce),
  );
  const client = new DynamoDBClient({ ...clientSettings(server.url), maxAttempts: 1 });
  cleanUps.push(() => {
    client.destroy();
    return server.stop();
  });
  return { requested, client };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  requested: string[],
  maxAtOnce: number,
): Promise<void> {
  const body = v.parse(requestSchema, JSON.parse(await text(request)));
  const asked = 'RequestItems' in body ? body.RequestItems.records : [];
  const writes = Array.isArray(asked) ? asked : [];
  const keys = [
    ...('Item' in body ? [body.Item] : []),
    ...('Key' in body ? [body.Key] : []),
    ...writes.map((write) => ('PutRequest' in write ? write.PutRequest.Item : write.DeleteRequest.Key)),
  ].map(({ pk }) => pk.S);
  const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
  requested.push([operation, ...keys].join(' '));
  const isBad = keys.includes('bad');
  const left = writes.slice(maxAtOnce);
  const refusal = { __type: 'com.amazon.coral.validate#ValidationException', message: 'a key is too long' };
  const done = { Responses: {}, UnprocessedItems: left.length > 0 ? { records: left } : {} };
  response.writeHead(isBad ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(isBad ? refusal : done));
}

function key(pk: string) {
  return { pk, sk: 'sk' };
}

test('puts of the same turn share one call, and so do deletions; a key that comes twice is written once', async () => {
  const { requested, client } = await table();
  const [put, remove] = [batchedPuts(client, 'records'), batchedDeletes(client, 'records')];
  await Promise.all([put({ ...key('a'), due: 1 }), put(key('b')), put(key('a'))]);
  await Promise.all([remove(key('a')), remove(key('a')), remove(key('b'))]);
  expect(requested).toEqual(['BatchWriteItem a b', 'BatchWriteItem a b']);
});

test('a write that is alone needs no batch', async () => {
  const { requested, client } = await table();
  await batchedPuts(client, 'records')(key('a'));
  await batchedDeletes(client, 'records')(key('a'));
  expect(requested).toEqual(['PutItem a', 'DeleteItem a']);
});

test('a batch has at most 25 writes, and all of them are made', async () => {
  const { requested, client } = await table();
  const put = batchedPuts(client, 'records');
  await Promise.all(Array.from({ length: 51 }, (_, index) => put(key(`r${index}`))));
  expect(requested.map((each) => each.split(' ').length - 1).toSorted((a, b) => a - b)).toEqual([1, 25, 25]);
});

test('writes that an answer leaves unprocessed are requested again', async () => {
  const { requested, client } = await table(1);
  const remove = batchedDeletes(client, 'records');
  await Promise.all(['a', 'b', 'c'].map((name) => remove(key(name))));
  expect(requested).toEqual(['BatchWriteItem a b c', 'BatchWriteItem b c', 'BatchWriteItem c']);
});

test('writes fail with UnprocessedItems after five answers that wrote nothing', async () => {
  const { requested, client } = await table(0);
  const remove = batchedDeletes(client, 'records');
  const outcomes = await Promise.allSettled([remove(key('a')), remove(key('b'))]);
  expect(outcomes).toMatchObject([
    { status: 'rejected', reason: { name: 'UnprocessedItems' } },
    { status: 'rejected', reason: { name: 'UnprocessedItems' } },
  ]);
  expect(requested).toHaveLength(5);
});

test('only the write that DynamoDB refuses fails', async () => {
  const { client } = await table();
  const put = batchedPuts(client, 'records');
  const outcomes = await Promise.allSettled([put(key('a')), put(key('bad')), put(key('b'))]);
  expect(outcomes).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { name: 'ValidationException' } },
    { status: 'fulfilled' },
  ]);
  await expect(put(key('bad'))).rejects.toThrow('a key is too long');
});

test('a version that this worker has stored needs no look-up, any other one is looked up each time', async () => {
  const { requested, client } = await table();
  const records = dynamodbRecordStore(client, 'records');
  const version = versionOf();
  expect(await records.storesVersion(version)).toBe(false);
  expect(await records.storesVersion(version)).toBe(false);
  expect(requested).toEqual(['BatchGetItem', 'BatchGetItem']);
  await records.putVersion(version, '2026-03-01T10:01:00.000Z');
  expect(await records.storesVersion(version)).toBe(true);
  expect(await records.storesVersion({ ...version, version: 2 })).toBe(false);
  // The number of a record that was deleted and made anew.
  const anew = { ...version, messageId: 'msg_0123456789abcdef0123456789abcdef' } as const;
  expect(await records.storesVersion(anew)).toBe(false);
  expect(requested.slice(2).map((each) => each.split(' ')[0])).toEqual([
    'PutItem',
    'BatchGetItem',
    'BatchGetItem',
  ]);
});

test('a worker remembers the last thousand stored versions', () => {
  const stored = storedVersions();
  const { catalog, kind, id } = versionOf();
  for (let version = 1; version <= 1_001; version += 1) stored.add({ catalog, kind, id, version });
  const isRemembered = (version: number) => stored.has({ catalog, kind, id, version });
  expect([1, 2, 1_001, 1_002].map(isRemembered)).toEqual([false, true, true, false]);
});
