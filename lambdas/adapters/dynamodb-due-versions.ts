import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { addMs, parseInstant } from '../core/instant.ts';
import { intentPartition, parseIntentSortKey } from '../core/intent-key.ts';
import { parseRecordPath } from '../core/record.ts';
import { parseVersionSortKey, recordTable } from '../core/tables.ts';
import { compareTexts } from '../core/text-order.ts';
import type { DueVersion, Outbox } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, toAttributes } from './dynamodb-attributes.ts';
import { queryPages } from './dynamodb-pages.ts';

/** No postponement is longer. A later time was edited by hand, and is ignored. */
const longestPostponementMs = 3_600_000;

/** What `sweep` reads of the outbox: its bundle is smaller without the rest. */
export function dynamodbDueVersions(
  client: DynamoDBClient,
  tableName: string,
): Pick<Outbox, 'dueIntents' | 'dueMarks'> {
  return {
    dueIntents: (now, limit) =>
      storeCall('dueIntents', async () => {
        const input = {
          TableName: tableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :intents AND sk < :next',
          FilterExpression: 'NOT (postponedTo > :now AND postponedTo <= :latest)',
          ProjectionExpression: 'sk, postponedTo',
          ExpressionAttributeValues: toAttributes({
            ':intents': intentPartition,
            // Sorts after every key that begins with this time.
            ':next': `${now}~`,
            ':now': now,
            ':latest': addMs(now, longestPostponementMs),
          }),
        };
        const due: DueVersion[] = [];
        for await (const items of queryPages(client, input)) {
          due.push(...items.flatMap(dueIntentIn));
          if (due.length >= limit) break;
        }
        // A postponed intent keeps its place among the keys.
        return due.toSorted((a, b) => compareTexts(a.dueAt ?? '', b.dueAt ?? '')).slice(0, limit);
      }),
    dueMarks: (now, limit) =>
      storeCall('dueMarks', async () => {
        const input = {
          TableName: tableName,
          IndexName: recordTable.indexes.outbox.name,
          KeyConditionExpression: 'outbox = :pending AND outboxDueAt <= :now',
          ExpressionAttributeValues: toAttributes({ ':pending': 'pending', ':now': now }),
          Limit: limit,
        };
        const { Items = [] } = await client.send(new QueryCommand(input));
        return Items.flatMap(dueMarkIn);
      }),
  };
}

function dueIntentIn({ sk, postponedTo }: Attributes): DueVersion[] {
  const version = parseIntentSortKey(sk?.S ?? '');
  return version ? [{ version, dueAt: parseInstant(postponedTo?.S) ?? version.dueAt }] : [];
}

function dueMarkIn({ pk, sk, outboxDueAt }: Attributes): DueVersion[] {
  const key = parseRecordPath(pk?.S ?? '');
  const version = parseVersionSortKey(sk?.S ?? '');
  const dueAt = parseInstant(outboxDueAt?.S);
  return key && version !== undefined ? [{ version: { ...key, version }, dueAt }] : [];
}
