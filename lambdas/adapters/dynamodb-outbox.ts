import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { parseInstant } from '../core/instant.ts';
import { parseRecordPath } from '../core/record.ts';
import { parseVersionSortKey, recordTable, versionItemKey } from '../core/tables.ts';
import type { DueVersion, Outbox } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';

const exists = 'attribute_exists(pk)';
const isInOutbox = 'outbox = :pending';

/** The outbox: two attributes of version items, and a sparse index over them. */
export function dynamodbOutbox(client: DynamoDBClient, tableName: string): Outbox {
  return {
    awaitsFanOut: (ref) =>
      storeCall('awaitsFanOut', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(versionItemKey(ref)),
          ConsistentRead: true,
          ProjectionExpression: 'outbox',
        };
        return (await client.send(new GetItemCommand(input))).Item?.['outbox']?.S === 'pending';
      }),
    markFannedOut: (ref) =>
      storeCall('markFannedOut', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(versionItemKey(ref)),
          UpdateExpression: 'REMOVE outbox, outboxDueAt',
          // A deleted version must not come back as an empty item.
          ConditionExpression: exists,
        };
        await tryConditionalWrite(() => client.send(new UpdateItemCommand(input)));
      }),
    postponeFanOut: (ref, dueAt) =>
      storeCall('postponeFanOut', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(versionItemKey(ref)),
          UpdateExpression: 'SET outboxDueAt = :dueAt',
          ConditionExpression: isInOutbox,
          ExpressionAttributeValues: toAttributes({ ':dueAt': dueAt, ':pending': 'pending' }),
        };
        await tryConditionalWrite(() => client.send(new UpdateItemCommand(input)));
      }),
    setAside: (ref, now) =>
      storeCall('setAside', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(versionItemKey(ref)),
          UpdateExpression: 'SET outbox = :unreadable, outboxDueAt = :now',
          ConditionExpression: isInOutbox,
          ExpressionAttributeValues: toAttributes({
            ':unreadable': 'unreadable',
            ':pending': 'pending',
            ':now': now,
          }),
        };
        return (await tryConditionalWrite(() => client.send(new UpdateItemCommand(input))))
          ? 'set-aside'
          : 'already';
      }),
    async dueForFanOut(now, limit) {
      const input = {
        TableName: tableName,
        IndexName: recordTable.indexes.outbox.name,
        KeyConditionExpression: 'outbox = :pending AND outboxDueAt <= :now',
        ExpressionAttributeValues: toAttributes({ ':pending': 'pending', ':now': now }),
        Limit: limit,
      };
      const { Items = [] } = await storeCall('dueForFanOut', () => client.send(new QueryCommand(input)));
      return Items.flatMap(dueVersionIn);
    },
  };
}

function dueVersionIn({ pk, sk, outboxDueAt }: Attributes): DueVersion[] {
  const key = parseRecordPath(pk?.S ?? '');
  const version = parseVersionSortKey(sk?.S ?? '');
  const dueAt = parseInstant(outboxDueAt?.S);
  return key && version !== undefined ? [{ version: { ...key, version }, dueAt }] : [];
}
