import { BatchGetItemCommand, type DynamoDBClient, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import DataLoader from 'dataloader';
import type { ItemKey } from '../core/tables.ts';
import { type Attributes, keyIn, toAttributes } from './dynamodb-attributes.ts';
import { repeatUnprocessed } from './repeat-unprocessed.ts';

/** The most keys that one BatchGetItem takes. */
const maxBatchSize = 100;

export type LoadItem = (key: ItemKey) => Promise<Attributes | undefined>;

/** The attributes to read of each item. */
export type Projection = Pick<KeysAndAttributes, 'ExpressionAttributeNames'> & {
  /** Contains `pk` and `sk`. */
  readonly ProjectionExpression: string;
};

interface TableKey extends ItemKey {
  readonly table: string;
}

type Loader = DataLoader<TableKey, Attributes | undefined>;

/** All stores of a client share a loader. */
const loaders = new WeakMap<DynamoDBClient, Loader>();

/**
 * Loads items by key, with consistent reads. Loads of the same turn of the event loop share a call,
 * also of different tables: a batch that looks at fifty records would otherwise spend most of its
 * CPU time on signing requests. Nothing is cached.
 */
export function itemLoader(client: DynamoDBClient, tableName: string): LoadItem {
  const loader = loaders.get(client) ?? createLoader(client);
  loaders.set(client, loader);
  return ({ pk, sk }) => loader.load({ table: tableName, pk, sk });
}

/** As `itemLoader`, for a part of each item. Its loads share calls with each other only. */
export function projectionLoader(
  client: DynamoDBClient,
  tableName: string,
  projection: Projection,
): LoadItem {
  const loader = createLoader(client, projection);
  return ({ pk, sk }) => loader.load({ table: tableName, pk, sk });
}

function createLoader(client: DynamoDBClient, projection?: Projection): Loader {
  return new DataLoader<TableKey, Attributes | undefined>(
    async (keys) => {
      // DynamoDB refuses a batch that names a key twice.
      const unique = new Map(keys.map((key) => [nameOf(key), key]));
      const items = await readEach(client, [...unique.values()], projection);
      return keys.map((key) => items.get(nameOf(key)));
    },
    { cache: false, maxBatchSize, batchScheduleFn: (load) => setImmediate(load) },
  );
}

type Items = ReadonlyMap<string, Attributes | Error>;

/** @returns by name of a key, its item or its error. Missing items are left out. */
async function readEach(
  client: DynamoDBClient,
  keys: readonly TableKey[],
  projection: Projection | undefined,
): Promise<Items> {
  try {
    return await readBatch(client, keys, projection);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationException') throw error;
    // One invalid key makes DynamoDB refuse the batch: read each key alone, so that only that one
    // fails.
    const [key, ...others] = keys;
    if (key && others.length === 0) return new Map([[nameOf(key), error]]);
    const items = await Promise.all(keys.map((each) => readEach(client, [each], projection)));
    return new Map(items.flatMap((each) => [...each]));
  }
}

/** One answer holds at most 16 MB, and 1 MB per partition. The rest is requested again. */
async function readBatch(
  client: DynamoDBClient,
  keys: readonly TableKey[],
  projection: Projection | undefined,
): Promise<Items> {
  const items = new Map<string, Attributes | Error>();
  const left = await repeatUnprocessed(keys, async (waiting) => {
    const RequestItems = requestOf(waiting, projection);
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetItemCommand({ RequestItems }),
    );
    for (const [table, found] of Object.entries(Responses))
      for (const item of found) items.set(nameOf({ table, ...keyIn(item) }), item);
    return Object.entries(UnprocessedKeys).flatMap(([table, { Keys = [] }]) =>
      Keys.map((key) => ({ table, ...keyIn(key) })),
    );
  });
  for (const key of left) items.set(nameOf(key), new UnprocessedKeysError());
  return items;
}

function requestOf(
  keys: readonly TableKey[],
  projection: Projection | undefined,
): Record<string, KeysAndAttributes> {
  const byTable = [...Map.groupBy(keys, ({ table }) => table)].map(([table, ofTable]) => {
    const Keys = ofTable.map(({ pk, sk }) => toAttributes({ pk, sk }));
    return [table, { Keys, ConsistentRead: true, ...projection }] as const;
  });
  return Object.fromEntries(byTable);
}

function nameOf({ table, pk, sk }: TableKey): string {
  return `${table}\n${pk}\n${sk}`;
}

/** Logs print the name of an error. */
class UnprocessedKeysError extends Error {
  override readonly name = 'UnprocessedKeys';
}
