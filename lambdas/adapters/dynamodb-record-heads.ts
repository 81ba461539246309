import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type RecordKey, recordPath } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import { currentItemKey } from '../core/tables.ts';
import { isStoredMap } from '../core/unreadable.ts';
import type { RecordHead } from '../ports/record-index.ts';
import { type Attributes, fromAttributes, toAttributes } from './dynamodb-attributes.ts';
import type { Item } from './record-content.ts';
import { recordHead } from './record-item.ts';

/** See `RecordIndex.readHeads`. */
export async function readHeads(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly RecordKey[],
): Promise<Map<string, RecordHead | 'set-aside'>> {
  // DynamoDB refuses a batch that names a key twice.
  const waiting = [...new Map(keys.map((key) => [recordPath(key), key])).values()];
  const heads = new Map<string, RecordHead | 'set-aside'>();
  while (waiting.length > 0)
    for (const item of await batchOf(client, tableName, waiting.splice(0, maxKeys))) {
      const path = item['pk']?.S ?? '';
      const parsed = v.safeParse(recordHead, headIn(item));
      if (item['outbox']?.S === 'unreadable') heads.set(path, 'set-aside');
      else if (parsed.success) heads.set(path, parsed.output);
    }
  return heads;
}

/** The most keys that one BatchGetItem takes. */
const maxKeys = 100;
/**
 * One answer holds 16 MB, so a hundred of the largest items take three rounds. More means that the
 * table is throttled.
 */
const maxRounds = 5;

/** @param keys at most 100. */
async function batchOf(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly RecordKey[],
): Promise<Attributes[]> {
  const items: Attributes[] = [];
  let waiting: Record<string, AttributeValue>[] = keys.map((key) => toAttributes(currentItemKey(key)));
  for (let round = 0; round < maxRounds; round += 1) {
    const request = {
      Keys: waiting,
      ConsistentRead: true,
      ProjectionExpression:
        'pk, readAt, lastModifiedAt, certainFrom, listedAs, summary.#status, #status, tombstone, links, outbox',
      ExpressionAttributeNames: { '#status': 'status' },
    };
    const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [tableName]: request } }));
    items.push(...(answer.Responses?.[tableName] ?? []));
    waiting = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
    if (waiting.length === 0) return items;
  }
  const details = { operation: 'readHeads', error: 'UnprocessedKeys' };
  throw new ServiceError('store.unavailable', details);
}

/** Items of 0.1.0 have the status as an attribute. */
function headIn(attributes: Attributes): Item {
  const { summary, ...item } = fromAttributes(attributes);
  return { ...item, ...(isStoredMap(summary) ? summary : {}) };
}
