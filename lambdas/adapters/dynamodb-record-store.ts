import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { parseRecordPath, type VersionRef } from '../core/record.ts';
import { never, ServiceError } from '../core/service-error.ts';
import {
  currentItemKey,
  type ItemKey,
  parseVersionSortKey,
  recordTable,
  versionItemKey,
} from '../core/tables.ts';
import type { RecordState } from '../core/version.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, fromAttributes, ifConditionHolds, toAttributes } from './dynamodb-attributes.ts';
import { announced, currentItem, parseState, parseVersion, versionItem } from './record-item.ts';
import { redactionOf, unredactedBefore } from './record-redaction.ts';

/** The Records table: one current item and its immutable version items under one partition key. */
export function dynamodbRecordStore(client: DynamoDBClient, tableName: string): RecordStore {
  const get = async (operation: string, key: ItemKey) => {
    const input = { TableName: tableName, Key: toAttributes(key), ConsistentRead: true };
    const { Item } = await storeCall(operation, () => client.send(new GetItemCommand(input)));
    return Item && fromAttributes(Item);
  };
  return {
    async current(key) {
      const item = await get('current', currentItemKey(key));
      return item && parseState(item);
    },
    async version(ref) {
      const item = await get('version', versionItemKey(ref));
      return item && parseVersion(item);
    },
    async announced(ref) {
      const input = {
        TableName: tableName,
        Key: toAttributes(versionItemKey(ref)),
        ConsistentRead: true,
        ProjectionExpression: '#catalog, #type, #topics, #redacted',
        ExpressionAttributeNames: {
          '#catalog': 'catalog',
          '#type': 'type',
          '#topics': 'topics',
          '#redacted': 'redacted',
        },
      };
      const { Item } = await storeCall('announced', () => client.send(new GetItemCommand(input)));
      return Item && v.parse(announced, fromAttributes(Item));
    },
    redactBefore: (ref) =>
      storeCall('redactBefore', async () => {
        let redacted = 0;
        for await (const { Items = [] } of paginateQuery({ client }, unredactedBefore(tableName, ref)))
          for (const item of Items) {
            const input = redactionOf(tableName, item);
            if (await ifConditionHolds(() => client.send(new UpdateItemCommand(input)))) redacted += 1;
          }
        return redacted;
      }),
    append: (before, version, outboxDueAt) =>
      storeCall('append', async () => {
        const putCurrent = {
          TableName: tableName,
          Item: toAttributes(currentItem(version)),
          ...isUnchanged(before),
        };
        const putVersion = {
          TableName: tableName,
          Item: toAttributes(versionItem(version, outboxDueAt)),
          ...isAbsent,
        };
        return appendOutcome(() =>
          client.send(
            new TransactWriteItemsCommand({ TransactItems: [{ Put: putCurrent }, { Put: putVersion }] }),
          ),
        );
      }),
    confirm: (state, readAt) =>
      storeCall('confirm', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(currentItemKey(state)),
          UpdateExpression: 'SET readAt = :readAt',
          ConditionExpression: 'version = :version AND readAt < :readAt',
          ExpressionAttributeValues: toAttributes({ ':version': state.version, ':readAt': readAt }),
        };
        return (await ifConditionHolds(() => client.send(new UpdateItemCommand(input))))
          ? 'confirmed'
          : 'raced';
      }),
    fannedOut: (ref) =>
      storeCall('fannedOut', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(versionItemKey(ref)),
          UpdateExpression: 'REMOVE outbox, outboxDueAt',
          // A version that is gone must not come back as an empty item.
          ConditionExpression: 'attribute_exists(pk)',
        };
        await ifConditionHolds(() => client.send(new UpdateItemCommand(input)));
      }),
    postponeFanOut: (ref, dueAt) =>
      storeCall('postponeFanOut', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(versionItemKey(ref)),
          UpdateExpression: 'SET outboxDueAt = :dueAt',
          ConditionExpression: 'attribute_exists(outbox)',
          ExpressionAttributeValues: toAttributes({ ':dueAt': dueAt }),
        };
        await ifConditionHolds(() => client.send(new UpdateItemCommand(input)));
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
      return Items.flatMap(versionRefOf);
    },
  };
}

const isAbsent = { ConditionExpression: 'attribute_not_exists(pk)' } as const;

/**
 * The state that the version was computed from is still what stands. Its `readAt` counts too: when a later read has
 * confirmed the old state meanwhile, the version at hand comes from before that read.
 */
function isUnchanged(before: RecordState | undefined) {
  if (!before) return isAbsent;
  const { version, readAt } = before;
  return {
    ConditionExpression: 'version = :version AND readAt = :readAt',
    ExpressionAttributeValues: toAttributes({ ':version': version, ':readAt': readAt }),
  };
}

/** Somebody else wrote in between, or is writing: decide again on what then stands. */
const lostRaces: ReadonlySet<string | undefined> = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

async function appendOutcome(write: () => Promise<unknown>): Promise<'stored' | 'raced'> {
  try {
    await write();
    return 'stored';
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    if (reasons.some(({ Code }) => lostRaces.has(Code))) return 'raced';
    if (reasons.some(({ Code }) => Code === 'ValidationError')) {
      const details = { operation: 'append', error: 'ValidationError' };
      throw new ServiceError('store.refused', details, { retry: never, cause: error });
    }
    throw error;
  }
}

function versionRefOf(attributes: Attributes): VersionRef[] {
  const { pk, sk } = attributes;
  const key = parseRecordPath(pk?.S ?? '');
  const version = parseVersionSortKey(sk?.S ?? '');
  return key && version !== undefined ? [{ ...key, version }] : [];
}
