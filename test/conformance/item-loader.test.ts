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
  /** Keys of each request, in the order in which they came. */
  readonly asked: string[][];
  readonly client: DynamoDBClient;
}

/** A DynamoDB that has every item but `none`, gives at most so many at once, never `hot`, and refuses batches with the key `bad`. */
async function table(mostAtOnce = 100): Promise<Table> {
  const asked: string[][] = [];
  const server = createServer((request, response) => void answer(request, response, asked, mostAtOnce));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const settings = clientSettings(`http://127.0.0.1:${address.port}`);
  const client = new DynamoDBClient({ ...settings, maxAttempts: 1 });
  cleanUps.push(() => {
    client.destroy();
    server.close().closeAllConnections();
  });
  return { asked, client };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  asked: string[][],
  mostAtOnce: number,
): Promise<void> {
  const { Keys } = v.parse(requestSchema, JSON.parse(await text(request))).RequestItems.records;
  asked.push(Keys.map(({ pk }) => pk.S));
  const isBad = Keys.some(({ pk }) => pk.S === 'bad');
  const isGiven = ({ pk }: (typeof Keys)[number], index: number) => index < mostAtOnce && pk.S !== 'hot';
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

test('what is asked for at the same time is read in one call, and each gets its own', async () => {
  const { asked, client } = await table();
  const get = itemLoader(client, 'records');
  const items = await Promise.all([get(key('a')), get(key('none')), get(key('b')), get(key('a'))]);
  expect(items.map((item) => item?.['pk']?.S)).toEqual(['a', undefined, 'b', 'a']);
  expect(asked).toEqual([['a', 'none', 'b']]);
});

test('what is asked for later is read again', async () => {
  const { asked, client } = await table();
  const get = itemLoader(client, 'records');
  await get(key('a'));
  await get(key('a'));
  expect(asked).toEqual([['a'], ['a']]);
});

test('a call asks for a hundred at most', async () => {
  const { asked, client } = await table();
  const get = itemLoader(client, 'records');
  const names = Array.from({ length: 101 }, (_, index) => `r${index}`);
  const items = await Promise.all(names.map((name) => get(key(name))));
  expect(items.map((item) => item?.['pk']?.S)).toEqual(names);
  expect(asked.map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([1, 100]);
});

test('what DynamoDB leaves for want of room is asked for again', async () => {
  const { asked, client } = await table(2);
  const get = itemLoader(client, 'records');
  const items = await Promise.all(['a', 'b', 'c'].map((name) => get(key(name))));
  expect(items.map((item) => item?.['pk']?.S)).toEqual(['a', 'b', 'c']);
  expect(asked).toEqual([['a', 'b', 'c'], ['c']]);
});

test('as long as some of it comes, all is read: an answer holds little of what is large', async () => {
  const { asked, client } = await table(1);
  const get = itemLoader(client, 'records');
  const names = Array.from({ length: 20 }, (_, index) => `r${index}`);
  const items = await Promise.all(names.map((name) => get(key(name))));
  expect(items.map((item) => item?.['pk']?.S)).toEqual(names);
  expect(asked).toHaveLength(20);
});

test('a key that is always left does not keep the others from being read', async () => {
  const { client } = await table();
  const get = itemLoader(client, 'records');
  const [good, absent, left] = await Promise.allSettled([get(key('a')), get(key('none')), get(key('hot'))]);
  expect(good).toMatchObject({ status: 'fulfilled', value: { pk: { S: 'a' } } });
  expect(absent).toMatchObject({ status: 'fulfilled', value: undefined });
  expect(left).toMatchObject({ status: 'rejected', reason: { name: 'UnprocessedKeys' } });
});

test('what it goes on leaving is an error that tells why', async () => {
  const { asked, client } = await table(0);
  await expect(itemLoader(client, 'records')(key('a'))).rejects.toThrow(
    expect.objectContaining({ name: 'UnprocessedKeys' }),
  );
  expect(asked).toHaveLength(5);
});

test('a key that is refused does not keep the others from being read', async () => {
  const { client } = await table();
  const get = itemLoader(client, 'records');
  const [good, bad] = await Promise.allSettled([get(key('a')), get(key('bad'))]);
  expect(good).toMatchObject({ status: 'fulfilled', value: { pk: { S: 'a' } } });
  expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'ValidationException' } });
});
