import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ItemKey } from '../core/tables.ts';
import { type Attributes, toAttributes } from './dynamodb-attributes.ts';

/** What DynamoDB takes in one BatchGetItem. */
const mostKeys = 100;
/** So many answers in a row that read nothing of what was asked for are a want of capacity. */
const mostInVain = 5;
/** After the first of them, milliseconds; twice as long after each further one. */
const firstWaitMs = 50;

interface Asked {
  readonly key: ItemKey;
  readonly item: PromiseWithResolvers<Attributes | undefined>;
}

/**
 * Reads items by their keys, consistently. What is asked for in the same turn of the event loop is read in one call: a
 * batch that looks at fifty records would else spend most of its processor time on making and signing requests.
 */
export function itemLoader(
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

type Read = (keys: readonly ItemKey[]) => Promise<ReadonlyMap<string, Attributes | 'left'>>;

async function settle(asked: readonly Asked[], readKeys: Read): Promise<void> {
  try {
    const found = await readKeys(asked.map(({ key }) => key));
    for (const { key, item } of asked) {
      const answer = found.get(nameOf(key));
      if (answer === 'left') item.reject(new UnprocessedKeysError());
      else item.resolve(answer);
    }
  } catch (error) {
    // One key that DynamoDB does not take must not have the others refused with it.
    const isRefused = error instanceof Error && error.name === 'ValidationException';
    if (isRefused && asked.length > 1) await Promise.all(asked.map((each) => settle([each], readKeys)));
    else for (const { item } of asked) item.reject(error);
  }
}

/** An answer holds 16 MB, and 1 MB of what lies together: whatever is left is asked for again, for as long as some of it comes. */
async function read(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly ItemKey[],
): Promise<ReadonlyMap<string, Attributes | 'left'>> {
  const found = new Map<string, Attributes | 'left'>();
  let Keys = keys.map((key) => toAttributes({ ...key }));
  for (let inVain = 0; inVain < mostInVain && Keys.length > 0; ) {
    const RequestItems = { [tableName]: { Keys, ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems }));
    for (const item of Responses?.[tableName] ?? []) found.set(nameIn(item), item);
    const left = UnprocessedKeys?.[tableName]?.Keys ?? [];
    inVain = left.length < Keys.length ? 0 : inVain + 1;
    if (inVain > 0 && inVain < mostInVain) await sleep(firstWaitMs * 2 ** (inVain - 1));
    Keys = left;
  }
  for (const key of Keys) found.set(nameIn(key), 'left');
  return found;
}

function nameIn({ pk, sk }: Attributes): string {
  return nameOf({ pk: pk?.S ?? '', sk: sk?.S ?? '' });
}

/** Its name is what a log tells of it. */
class UnprocessedKeysError extends Error {
  override readonly name = 'UnprocessedKeys';
}
