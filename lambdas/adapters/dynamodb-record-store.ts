import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { currentItemKey } from '../core/tables.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { dynamodbDueVersions } from './dynamodb-due-versions.ts';
import { dynamodbRecordReader } from './dynamodb-record-reader.ts';
import { dynamodbRecordWriter } from './dynamodb-record-writer.ts';
import { dynamodbRedaction } from './dynamodb-redaction.ts';
import { storedVersions } from './stored-versions.ts';

/** The Records table: a current item and its immutable version items share a partition key. */
export function dynamodbRecordStore(client: DynamoDBClient, tableName: string): RecordStore {
  const stored = storedVersions();
  return {
    ...dynamodbRecordReader(client, tableName, stored),
    ...dynamodbDueVersions(client, tableName),
    ...dynamodbRedaction(client, tableName),
    ...dynamodbRecordWriter(client, tableName, stored),
    confirm: (state, readAt, listedAs) =>
      storeCall('confirm', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(currentItemKey(state)),
          UpdateExpression: `SET readAt = :readAt${listedAs === undefined ? '' : ', listedAs = :listedAs'} ${removeMark}`,
          ConditionExpression: `${hasVersion} AND ${wasReadBefore}`,
          ExpressionAttributeValues: toAttributes({
            ':version': state.version,
            ':readAt': readAt,
            ':listedAs': listedAs,
          }),
        };
        return (await tryConditionalWrite(() => client.send(new UpdateItemCommand(input))))
          ? 'confirmed'
          : 'raced';
      }),
    markUncertain: (state, certainFrom) =>
      storeCall('markUncertain', async () => {
        const { version, readAt } = state;
        const input = {
          TableName: tableName,
          Key: toAttributes(currentItemKey(state)),
          UpdateExpression: 'SET certainFrom = :certainFrom',
          ConditionExpression: `${hasVersion} AND ${wasReadAt}`,
          ExpressionAttributeValues: toAttributes({
            ':version': version,
            ':readAt': readAt,
            ':certainFrom': certainFrom,
          }),
        };
        return (await tryConditionalWrite(() => client.send(new UpdateItemCommand(input))))
          ? 'marked'
          : 'raced';
      }),
    setCurrentAside: (key, now) =>
      storeCall('setCurrentAside', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(currentItemKey(key)),
          UpdateExpression: 'SET outbox = :unreadable, outboxDueAt = :now',
          ConditionExpression: `attribute_exists(pk) AND ${hasNoMark}`,
          ExpressionAttributeValues: toAttributes({ ':unreadable': 'unreadable', ':now': now }),
        };
        return (await tryConditionalWrite(() => client.send(new UpdateItemCommand(input))))
          ? 'set-aside'
          : 'already';
      }),
  };
}

const hasVersion = 'version = :version';
const wasReadAt = 'readAt = :readAt';
const wasReadBefore = 'readAt < :readAt';
const hasNoMark = '(attribute_not_exists(outbox) OR outbox <> :unreadable)';
const removeMark = 'REMOVE outbox, outboxDueAt';
