import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import DataLoader from 'dataloader';
import type { ItemKey } from '../core/tables.ts';
import { type Attributes, keyIn, toAttributes } from './dynamodb-attributes.ts';

/** The most keys that one BatchGetItem takes. */
const maxBatchSize = 100;

/**
 * Loads items by key, with consistent reads. Loads of the same turn of the event loop share a call:
 * a batch that looks at fifty records would otherwise spend most of its CPU time on signing
 * requests. Nothing is cached.
 */
export function itemLoader(
  client: DynamoDBClient,
  tableName: string,
): (key: ItemKey) => Promise<Attributes | undefined> {
  const loader = new DataLoader<ItemKey, Attributes | undefined>(
    async (keys) => {
      // DynamoDB refuses a batch that names a key twice.
      const unique = new Map(keys.map((key) => [nameOf(key), key]));
      const items = await readEach(client, tableName, [...unique.values()]);
      return keys.map((key) => items.get(nameOf(key)));
    },
    { cache: false, maxBatchSize, batchScheduleFn: (load) => setImmediate(load) },
  );
  return (key) => loader.load(key);
}

type Items = ReadonlyMap<string, Attributes | Error>;

/** @returns by name of a key, its item or its error. Missing items are left out. */
async function readEach(client: DynamoDBClient, tableName: string, keys: readonly ItemKey[]): Promise<Items> {
  try {
    return await readBatch(client, tableName, keys);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationException') throw error;
    // One invalid key makes DynamoDB refuse the batch: read each key alone, so that only that one
    // fails.
    const [key, ...others] = keys;
    if (key && others.length === 0) return new Map([[nameOf(key), error]]);
    const items = await Promise.all(keys.map((each) => readEach(client, tableName, [each])));
    return new Map(items.flatMap((each) => [...each]));
  }
}

/** After this many answers in a row without any item, the table lacks capacity. */
const maxEmptyAnswers = 5;
/** Milliseconds to wait after the first such answer. Each further one doubles the wait. */
const firstWaitMs = 50;

/**
 * One answer holds at most 16 MB, and 1 MB per partition. The rest is requested again for as long
 * as each answer brings some items.
 */
async function readBatch(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly ItemKey[],
): Promise<Items> {
  const items = new Map<string, Attributes | Error>();
  let Keys = keys.map((key) => toAttributes({ ...key }));
  for (let emptyAnswers = 0; emptyAnswers < maxEmptyAnswers && Keys.length > 0; ) {
    const RequestItems = { [tableName]: { Keys, ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems }));
    for (const item of Responses?.[tableName] ?? []) items.set(nameOf(keyIn(item)), item);
    const unprocessed = UnprocessedKeys?.[tableName]?.Keys ?? [];
    emptyAnswers = unprocessed.length < Keys.length ? 0 : emptyAnswers + 1;
    if (emptyAnswers > 0 && emptyAnswers < maxEmptyAnswers)
      await sleep(firstWaitMs * 2 ** (emptyAnswers - 1));
    Keys = unprocessed;
  }
  for (const key of Keys) items.set(nameOf(keyIn(key)), new UnprocessedKeysError());
  return items;
}

function nameOf({ pk, sk }: ItemKey): string {
  return `${pk}\n${sk}`;
}

/** Logs print the name of an error. */
class UnprocessedKeysError extends Error {
  override readonly name = 'UnprocessedKeys';
}
