import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { afterEach, expect, test } from 'vitest';
import { itemLoader } from '../../lambdas/adapters/dynamodb-item-loader.ts';
import { clientSettings } from '../../local/host/local-account.ts';

const keySchema = v.object({ pk: v.object({ S: v.string() }), sk: v.object({ S: v.string() }) });
const requestSchema = v.object({
  RequestItems: v.object({
    records: v.object({ Keys: v.array(keySchema), ConsistentRead: v.literal(true) }),
  }),
});

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

interface Table {
  /** Keys of each request in the order of arrival. */
  readonly requested: string[][];
  readonly client: DynamoDBClient;
}

/**
 * A DynamoDB that has every item except `none`. It returns at most `maxAtOnce` items per call,
 * never `hot`, and refuses batches with the key `bad`.
 */
async function table(maxAtOnce = 100): Promise<Table> {
  const requested: string[][] = [];
  const server = createServer((request, response) => void answer(request, response, requested, maxAtOnce));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const settings = clientSettings(`http://127.0.0.1:${address.port}`);
  const client = new DynamoDBClient({ ...settings, maxAttempts: 1 });
  cleanUps.push(() => {
    client.destroy();
    server.close().closeAllConnections();
  });
  return { requested, client };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  requested: string[][],
  maxAtOnce: number,
): Promise<void> {
  const { Keys } = v.parse(requestSchema, JSON.parse(await text(request))).RequestItems.records;
  requested.push(Keys.map(({ pk }) => pk.S));
  const isBad = Keys.some(({ pk }) => pk.S === 'bad');
  const isGiven = ({ pk }: (typeof Keys)[number], index: number) => index < maxAtOnce && pk.S !== 'hot';
  const left = Keys.filter((each, index) => !isGiven(each, index));
  const refusal = { __type: 'com.amazon.coral.validate#ValidationException', message: 'a key is too long' };
  const found = {
    Responses: { records: Keys.filter(isGiven).filter(({ pk }) => pk.S !== 'none') },
    UnprocessedKeys: left.length > 0 ? { records: { Keys: left, ConsistentRead: true } } : {},
  };
  response.writeHead(isBad ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(isBad ? refusal : found));
}

function key(pk: string) {
  return { pk, sk: 'current' };
}

test('itemLoader reads concurrent loads in one call, and returns to each its item', async () => {
  const { requested, client } = await table();
  const load = itemLoader(client, 'records');
  const items = await Promise.all([load(key('a')), load(key('none')), load(key('b')), load(key('a'))]);
  expect(items.map((item) => item?.['pk']?.S)).toEqual(['a', undefined, 'b', 'a']);
  expect(requested).toEqual([['a', 'none', 'b']]);
});

test('itemLoader caches nothing', async () => {
  const { requested, client } = await table();
  const load = itemLoader(client, 'records');
  await load(key('a'));
  await load(key('a'));
  expect(requested).toEqual([['a'], ['a']]);
});

test('itemLoader requests at most a hundred keys per call', async () => {
  const { requested, client } = await table();
  const load = itemLoader(client, 'records');
  const names = Array.from({ length: 101 }, (_, index) => `r${index}`);
  const items = await Promise.all(names.map((name) => load(key(name))));
  expect(items.map((item) => item?.['pk']?.S)).toEqual(names);
  expect(requested.map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([1, 100]);
});

test('itemLoader requests unprocessed keys again', async () => {
  const { requested, client } = await table(2);
  const load = itemLoader(client, 'records');
  const items = await Promise.all(['a', 'b', 'c'].map((name) => load(key(name))));
  expect(items.map((item) => item?.['pk']?.S)).toEqual(['a', 'b', 'c']);
  expect(requested).toEqual([['a', 'b', 'c'], ['c']]);
});

test('itemLoader continues as long as each answer brings an item', async () => {
  const { requested, client } = await table(1);
  const load = itemLoader(client, 'records');
  const names = Array.from({ length: 20 }, (_, index) => `r${index}`);
  const items = await Promise.all(names.map((name) => load(key(name))));
  expect(items.map((item) => item?.['pk']?.S)).toEqual(names);
  expect(requested).toHaveLength(20);
});

test('itemLoader fails only the key that stays unprocessed', async () => {
  const { client } = await table();
  const load = itemLoader(client, 'records');
  const [good, absent, left] = await Promise.allSettled([
    load(key('a')),
    load(key('none')),
    load(key('hot')),
  ]);
  expect(good).toMatchObject({ status: 'fulfilled', value: { pk: { S: 'a' } } });
  expect(absent).toMatchObject({ status: 'fulfilled', value: undefined });
  expect(left).toMatchObject({ status: 'rejected', reason: { name: 'UnprocessedKeys' } });
});

test('itemLoader throws UnprocessedKeys after five answers without an item', async () => {
  const { requested, client } = await table(0);
  await expect(itemLoader(client, 'records')(key('a'))).rejects.toThrow(
    expect.objectContaining({ name: 'UnprocessedKeys' }),
  );
  expect(requested).toHaveLength(5);
});

test('itemLoader fails only the key that DynamoDB refuses', async () => {
  const { client } = await table();
  const load = itemLoader(client, 'records');
  const [good, bad] = await Promise.allSettled([load(key('a')), load(key('bad'))]);
  expect(good).toMatchObject({ status: 'fulfilled', value: { pk: { S: 'a' } } });
  expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'ValidationException' } });
});
