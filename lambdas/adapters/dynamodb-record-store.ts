import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { RecordKey } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import { currentItemKey } from '../core/tables.ts';
import type { RecordState } from '../core/version.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { putParts } from './dynamodb-record-parts.ts';
import { dynamodbRecordReader } from './dynamodb-record-reader.ts';
import { dynamodbRedaction } from './dynamodb-redaction.ts';
import { currentItem, versionItem } from './record-item.ts';
import { storedContents } from './record-parts.ts';

/** The Records table: a current item and its immutable version items share a partition key. */
export function dynamodbRecordStore(client: DynamoDBClient, tableName: string): RecordStore {
  return {
    ...dynamodbRecordReader(client, tableName),
    ...dynamodbRedaction(client, tableName),
    append: (before, version, outboxDueAt, owner) =>
      storeCall('append', async () => {
        const contents = storedContents(version);
        await putParts(client, tableName, contents.parts);
        const current = toAttributes(currentItem(version, contents.current));
        const putCurrent = { TableName: tableName, Item: current, ...ifUnchanged(before) };
        const item = versionItem(version, outboxDueAt, contents.version);
        const { payload } = 'payload' in contents.version ? current : {};
        // The payload is most of both items, so it is marshalled once.
        const Item = payload
          ? { ...toAttributes({ ...item, payload: undefined }), payload }
          : toAttributes(item);
        const putVersion = { TableName: tableName, Item, ...ifAbsent };
        const TransactItems = [
          { Put: putCurrent },
          { Put: putVersion },
          ...(owner ? [{ ConditionCheck: { TableName: tableName, ...ifNotErased(owner) } }] : []),
        ];
        return appendOutcome(() => client.send(new TransactWriteItemsCommand({ TransactItems })));
      }),
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
const hasNoDoubt = 'attribute_not_exists(certainFrom)';
const hasSameDoubt = 'certainFrom = :certainFrom';
const ifAbsent = { ConditionExpression: 'attribute_not_exists(pk)' } as const;

/**
 * Requires that the current state is still `before`. Its `readAt` counts too: if a later read has
 * confirmed the old state meanwhile, the new version comes from an older read. So does its
 * `certainFrom`: the new version must keep it.
 */
function ifUnchanged(before: RecordState | undefined) {
  if (!before) return ifAbsent;
  const { version, readAt, certainFrom } = before;
  return {
    ConditionExpression: `${hasVersion} AND ${wasReadAt} AND ${certainFrom ? hasSameDoubt : hasNoDoubt}`,
    ExpressionAttributeValues: toAttributes({
      ':version': version,
      ':readAt': readAt,
      ':certainFrom': certainFrom,
    }),
  };
}

/** Also true if the record is not stored. */
function ifNotErased(key: RecordKey) {
  return { Key: toAttributes(currentItemKey(key)), ConditionExpression: 'attribute_not_exists(erased)' };
}

/** Cancellation reasons that mean that another worker wrote in between or is writing. */
const raceReasons: ReadonlySet<string | undefined> = new Set([
  'ConditionalCheckFailed',
  'TransactionConflict',
]);

async function appendOutcome(write: () => Promise<unknown>): Promise<'stored' | 'raced'> {
  try {
    await write();
    return 'stored';
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    if (reasons.some(({ Code }) => raceReasons.has(Code))) return 'raced';
    if (reasons.some(({ Code }) => Code === 'ValidationError')) {
      const details = { operation: 'append', error: 'ValidationError' };
      throw new ServiceError('store.refused', details, { cause: error });
    }
    throw error;
  }
}
