import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { parseRecordPath, type RecordKey, recordPath } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import { currentItemKey, recordTable } from '../core/tables.ts';
import { isStoredMap } from '../core/unreadable.ts';
import type { RecordHead, RecordIndex } from '../ports/record-index.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, copiedText, fromAttributes, keyText, toAttributes } from './dynamodb-attributes.ts';
import { queryPages } from './dynamodb-pages.ts';
import type { Item } from './record-content.ts';
import { customerKeyOf, recordHead, undated } from './record-item.ts';

/** Searches of the Records table by index, and reads of many records at once. */
export function dynamodbRecordIndex(client: DynamoDBClient, tableName: string): RecordIndex {
  const found = async (query: Omit<QueryCommandInput, 'TableName'>) => {
    const items: Attributes[] = [];
    for await (const page of queryPages(client, { TableName: tableName, ...query })) items.push(...page);
    return items;
  };
  return {
    readHeads: (keys) =>
      storeCall('readHeads', async () => {
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
      }),
    findByEngagement: (catalog, engagementId) =>
      storeCall('findByEngagement', async () =>
        keysOf(
          catalog,
          await found({
            IndexName: recordTable.indexes.recordsByEngagement.name,
            KeyConditionExpression: 'engagementKey = :engagement AND begins_with(pk, :catalog)',
            ExpressionAttributeValues: toAttributes({
              ':engagement': keyText(engagementId),
              ':catalog': `${catalog}/`,
            }),
          }),
        ),
      ),
    findOpportunitiesByTitle: (catalog, customerName, title) =>
      storeCall('findOpportunitiesByTitle', async () => {
        // DynamoDB refuses an empty key.
        if (customerName === '') return [];
        const items = await found({
          IndexName: recordTable.indexes.recordsByCustomer.name,
          KeyConditionExpression: 'catalogKind = :kind AND customerKey = :customer',
          // Items of 0.1.0 have no summary: they are not found until their next version.
          FilterExpression: 'summary.title = :title',
          ExpressionAttributeValues: toAttributes({
            ':kind': `${catalog}/opportunity`,
            ':customer': customerKeyOf(customerName),
            ':title': copiedText(title),
          }),
        });
        // The key holds the beginning of the name only.
        const wanted = copiedText(customerName).toLowerCase();
        return keysOf(
          catalog,
          items.filter((item) => item['summary']?.M?.['customerName']?.S?.toLowerCase() === wanted),
        );
      }),
    findPendingInvitations: (catalog, after, until) =>
      storeCall('findPendingInvitations', async () => {
        // DynamoDB refuses a range whose end is before its start.
        if (after > until) return [];
        const items = await found({
          IndexName: recordTable.indexes.recordsByStatus.name,
          KeyConditionExpression: 'catalogKindStatus = :pending AND dueKey BETWEEN :after AND :until',
          ExpressionAttributeValues: toAttributes({
            ':pending': `${catalog}/engagement-invitation/PENDING`,
            ':after': after,
            ':until': until,
          }),
        });
        const dated = items.filter((item) => item['dueKey']?.S !== undated);
        return keysOf(catalog, dated);
      }),
  };
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

/** Some engines match the prefix in any case, but catalogs differ by case. */
function keysOf(catalog: string, items: readonly Attributes[]): RecordKey[] {
  return items.flatMap((item) => {
    const key = parseRecordPath(item['pk']?.S ?? '');
    return key?.catalog === catalog ? [key] : [];
  });
}
