import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import DataLoader from 'dataloader';
import type { ItemKey } from '../core/tables.ts';
import { keyIn, toAttributes } from './dynamodb-attributes.ts';
import { repeatUnprocessed } from './repeat-unprocessed.ts';

type KeyMembers = { readonly pk: string; readonly sk: string };
type Item = KeyMembers & Readonly<Record<string, unknown>>;

/** The most writes that one BatchWriteItem takes. */
const maxBatchSize = 25;

/** Puts an item without a condition. Puts of the same turn of the event loop share a call. */
export function batchedPuts(client: DynamoDBClient, TableName: string): (item: Item) => Promise<void> {
  const loader = createWriter<Item>(client, TableName, {
    requestOf: (item) => ({ PutRequest: { Item: toAttributes(item) } }),
    writeAlone: (item) => client.send(new PutItemCommand({ TableName, Item: toAttributes(item) })),
  });
  return (item) => loader.load(item);
}

/** Deletes an item. Deletions of the same turn of the event loop share a call. */
export function batchedDeletes(client: DynamoDBClient, TableName: string): (key: ItemKey) => Promise<void> {
  const loader = createWriter<ItemKey>(client, TableName, {
    requestOf: (key) => ({ DeleteRequest: { Key: toAttributes({ ...key }) } }),
    writeAlone: (key) => client.send(new DeleteItemCommand({ TableName, Key: toAttributes({ ...key }) })),
  });
  return (key) => loader.load(key);
}

interface Writes<Key> {
  readonly requestOf: (item: Key) => WriteRequest;
  readonly writeAlone: (item: Key) => Promise<unknown>;
}

function createWriter<Key extends KeyMembers>(
  client: DynamoDBClient,
  tableName: string,
  { requestOf, writeAlone }: Writes<Key>,
): DataLoader<Key, void> {
  const write = async (items: readonly Key[]): Promise<Failures> => {
    const [item, ...others] = items;
    if (item && others.length > 0) return writeBatch(client, tableName, items.map(requestOf));
    if (item) await writeAlone(item);
    return new Map();
  };
  return new DataLoader<Key, void>(
    async (items) => {
      // DynamoDB refuses a batch that names a key twice.
      const unique = [...new Map(items.map((item) => [nameOf(item), item])).values()];
      const failures = await write(unique).catch((error) => writeEach(unique, writeAlone, error));
      return items.map((item) => failures.get(nameOf(item)));
    },
    { cache: false, maxBatchSize, batchScheduleFn: (load) => setImmediate(load) },
  );
}

/** Errors by name of a key. Writes that succeeded are left out. */
type Failures = ReadonlyMap<string, Error>;

/** One invalid item makes DynamoDB refuse the batch: only that one may fail. */
async function writeEach<Key extends KeyMembers>(
  items: readonly Key[],
  writeAlone: Writes<Key>['writeAlone'],
  error: unknown,
): Promise<Failures> {
  if (items.length === 1 || !(error instanceof Error) || error.name !== 'ValidationException') throw error;
  const failures = new Map<string, Error>();
  await Promise.all(
    items.map((item) => writeAlone(item).catch((failure) => failures.set(nameOf(item), failure))),
  );
  return failures;
}

async function writeBatch(
  client: DynamoDBClient,
  tableName: string,
  requests: readonly WriteRequest[],
): Promise<Failures> {
  const left = await repeatUnprocessed(requests, async (waiting) => {
    const RequestItems = { [tableName]: [...waiting] };
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems }));
    return UnprocessedItems?.[tableName] ?? [];
  });
  return new Map(left.map((request) => [nameOf(keyOf(request)), new UnprocessedItemsError()]));
}

function keyOf({ PutRequest, DeleteRequest }: WriteRequest): ItemKey {
  return keyIn(PutRequest?.Item ?? DeleteRequest?.Key ?? {});
}

function nameOf({ pk, sk }: KeyMembers): string {
  return `${pk}\n${sk}`;
}

/** Logs print the name of an error. */
class UnprocessedItemsError extends Error {
  override readonly name = 'UnprocessedItems';
}
