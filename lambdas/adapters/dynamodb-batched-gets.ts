import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ItemKey } from '../core/tables.ts';
import { type Attributes, toAttributes } from './dynamodb-attributes.ts';

/** What DynamoDB takes in one BatchGetItem. */
const mostKeys = 100;
/** An answer holds 16 MB, and 100 items of the largest kind are 40. What is left after so many is left for want of capacity. */
const mostAnswers = 5;

interface Asked {
  readonly key: ItemKey;
  readonly item: PromiseWithResolvers<Attributes | undefined>;
}

/**
 * Reads items by their keys, consistently. What is asked for in the same turn of the event loop is read in one call: a
 * batch that looks at fifty records would else spend most of its processor time on making and signing requests.
 */
export function batchedGets(
  client: DynamoDBClient,
  tableName: string,
): (key: ItemKey) => Promise<Attributes | undefined> {
  let waiting = new Map<string, Asked>();
  const readAll = (): void => {
    const asked = [...waiting.values()];
    waiting = new Map();
    for (let from = 0; from < asked.length; from += mostKeys)
      void settle(asked.slice(from, from + mostKeys), (keys) => read(client, tableName, keys));
  };
  return (key) => {
    // DynamoDB refuses a batch that names a key twice.
    const name = nameOf(key);
    const asked = waiting.get(name) ?? { key, item: Promise.withResolvers() };
    if (waiting.size === 0) setImmediate(readAll);
    waiting.set(name, asked);
    return asked.item.promise;
  };
}

function nameOf({ pk, sk }: ItemKey): string {
  return `${pk}\n${sk}`;
}

type Read = (keys: readonly ItemKey[]) => Promise<ReadonlyMap<string, Attributes>>;

async function settle(asked: readonly Asked[], readKeys: Read): Promise<void> {
  try {
    const found = await readKeys(asked.map(({ key }) => key));
    for (const { key, item } of asked) item.resolve(found.get(nameOf(key)));
  } catch (error) {
    // One key that DynamoDB does not take must not have the others refused with it.
    const isRefused = error instanceof Error && error.name === 'ValidationException';
    if (isRefused && asked.length > 1) await Promise.all(asked.map((each) => settle([each], readKeys)));
    else for (const { item } of asked) item.reject(error);
  }
}

async function read(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly ItemKey[],
): Promise<ReadonlyMap<string, Attributes>> {
  const items: Attributes[] = [];
  let Keys = keys.map((key) => toAttributes({ ...key }));
  for (let answers = 0; answers < mostAnswers; answers += 1) {
    const RequestItems = { [tableName]: { Keys, ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems }));
    items.push(...(Responses?.[tableName] ?? []));
    Keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
    if (Keys.length === 0)
      return new Map(
        items.map((item) => [nameOf({ pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' }), item]),
      );
  }
  throw new UnprocessedKeysError();
}

/** Its name is what a log tells of it. */
class UnprocessedKeysError extends Error {
  override readonly name = 'UnprocessedKeys';
}
