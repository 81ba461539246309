import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { afterEach, expect, test } from 'vitest';
import { itemLoader, projectionLoader } from '../../lambdas/adapters/dynamodb-item-loader.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';

const keySchema = v.object({ pk: v.object({ S: v.string() }), sk: v.object({ S: v.string() }) });
const requestSchema = v.object({
  RequestItems: v.record(
    v.string(),
    v.object({
      Keys: v.array(keySchema),
      ConsistentRead: v.literal(true),
      ProjectionExpression: v.optional(v.string()),
    }),
  ),
});

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

interface Table {
  /** Keys of each request in the order of arrival. Of other tables than `records` with its name. */
  readonly requested: string[][];
  readonly client: DynamoDBClient;
}

/**
 * A DynamoDB that has every item except `none`. It returns at most `maxAtOnce` items per call,
 * never `hot`, and refuses batches with the key `bad`.
 */
async function table(maxAtOnce = 100): Promise<Table> {
  const requested: string[][] = [];
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
  requested: string[][],
  maxAtOnce: number,
): Promise<void> {
  const { RequestItems } = v.parse(requestSchema, JSON.parse(await text(request)));
  const Keys = Object.entries(RequestItems).flatMap(([name, of]) =>
    of.Keys.map((each) => ({ ...each, name })),
  );
  requested.push(Keys.map(({ pk, name }) => (name === 'records' ? pk.S : `${name}/${pk.S}`)));
  const isBad = Keys.some(({ pk }) => pk.S === 'bad');
  const isGiven = ({ pk }: (typeof Keys)[number], index: number) => index < maxAtOnce && pk.S !== 'hot';
  const left = Keys.filter((each, index) => !isGiven(each, index));
  const refusal = { __type: 'com.amazon.coral.validate#ValidationException', message: 'a key is too long' };
  const found = {
    Responses: byTable(Keys.filter(isGiven).filter(({ pk }) => pk.S !== 'none')),
    UnprocessedKeys: Object.fromEntries(
      Object.entries(byTable(left)).map(([name, of]) => [name, { Keys: of, ConsistentRead: true }]),
    ),
  };
  response.writeHead(isBad ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(isBad ? refusal : found));
}

type Named = v.InferOutput<typeof keySchema> & { readonly name: string };

function byTable(keys: readonly Named[]) {
  const groups = [...Map.groupBy(keys, ({ name }) => name)];
  // An item tells its table, as the answer does.
  return Object.fromEntries(
    groups.map(([name, of]) => [name, of.map((each) => ({ ...each, in: { S: name } }))]),
  );
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

test('loads of all tables of a client share one call, and each gets the item of its table', async () => {
  const { requested, client } = await table();
  const loads = [
    itemLoader(client, 'records'),
    itemLoader(client, 'webhooks'),
    itemLoader(client, 'records'),
  ];
  const items = await Promise.all(loads.map((load) => load(key('a'))));
  expect(items.map((item) => item?.['in']?.S)).toEqual(['records', 'webhooks', 'records']);
  expect(requested).toEqual([['a', 'webhooks/a']]);
});

test('itemLoader requests again what one answer leaves of several tables', async () => {
  const { requested, client } = await table(2);
  const loads = [itemLoader(client, 'records'), itemLoader(client, 'webhooks')];
  const items = await Promise.all(loads.flatMap((load) => [load(key('a')), load(key('b'))]));
  expect(items.map((item) => item?.['in']?.S)).toEqual(['records', 'records', 'webhooks', 'webhooks']);
  expect(requested).toEqual([
    ['a', 'b', 'webhooks/a', 'webhooks/b'],
    ['webhooks/a', 'webhooks/b'],
  ]);
});

test('loads of a part of each item share a call with each other, not with loads of whole items', async () => {
  const { requested, client } = await table();
  const loadPart = projectionLoader(client, 'records', { ProjectionExpression: 'pk, sk' });
  const loads = [loadPart(key('a')), loadPart(key('b')), itemLoader(client, 'records')(key('a'))];
  expect((await Promise.all(loads)).map((item) => item?.['pk']?.S)).toEqual(['a', 'b', 'a']);
  expect(requested.toSorted((one, other) => one.length - other.length)).toEqual([['a'], ['a', 'b']]);
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
