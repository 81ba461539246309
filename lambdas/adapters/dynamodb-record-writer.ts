import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { RecordKey } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import { currentItemKey } from '../core/tables.ts';
import type { RecordState, Version } from '../core/version.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { putParts } from './dynamodb-record-parts.ts';
import type { Item } from './record-content.ts';
import { currentItem, versionItem } from './record-item.ts';
import { type StoredContents, storedContents } from './record-parts.ts';

/** The two writes of a version: of the current item, which commits it, and of the version. */
export function dynamodbRecordWriter(
  client: DynamoDBClient,
  tableName: string,
): Pick<RecordStore, 'commit' | 'putVersion'> {
  /** What a commit has prepared for the version that follows it. */
  const prepared = new WeakMap<Version, Prepared>();
  const prepare = async (version: Version) => {
    const made = preparedOf(version);
    await putParts(client, tableName, made.contents.parts);
    return made;
  };
  return {
    commit: (before, version, intentDueAt, owner) =>
      storeCall('commit', async () => {
        const made = await prepare(version);
        const { contents, payload } = made;
        prepared.set(version, made);
        const item = { ...currentItem(version, contents.current), intentDueAt };
        const Put = { TableName: tableName, Item: withPayload(item, payload), ...ifUnchanged(before) };
        const found = await (owner
          ? putUnlessErased(client, Put, { TableName: tableName, ...ifNotErased(owner) })
          : putIfUnchanged(client, Put));
        return found ? outcomeOf(found, version) : 'committed';
      }),
    putVersion: (version, intentDueAt) =>
      storeCall('putVersion', async () => {
        const { contents, payload } = prepared.get(version) ?? (await prepare(version));
        const item = { ...versionItem(version, contents.version), intentDueAt };
        const input = { TableName: tableName, Item: withPayload(item, payload), ...ifAbsent };
        await tryConditionalWrite(() => client.send(new PutItemCommand(input)));
      }),
  };
}

const hasSameVersion = 'version = :version AND readAt = :readAt';
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
    ConditionExpression: `${hasSameVersion} AND ${certainFrom ? hasSameDoubt : hasNoDoubt}`,
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

/** What both items of a version share. */
interface Prepared {
  readonly contents: StoredContents;
  /** The marshalled payload, which is most of both items, unless it is packed. */
  readonly payload: Attributes;
}

function preparedOf(version: Version): Prepared {
  const contents = storedContents(version);
  const { payload } = contents.current;
  return { contents, payload: toAttributes({ payload }) };
}

/** @param payload stands for the one of the item, if that has one */
function withPayload(item: Item, payload: Attributes): Attributes {
  if (item['payload'] === undefined) return toAttributes(item);
  return { ...toAttributes({ ...item, payload: undefined }), ...payload };
}

type Put = NonNullable<TransactWriteItem['Put']>;
const returnFound = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

/** @returns the item that is there instead, or undefined if the write was done */
async function putIfUnchanged(client: DynamoDBClient, input: Put): Promise<Attributes | undefined> {
  try {
    await client.send(new PutItemCommand({ ...input, ...returnFound }));
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error.Item ?? {};
    throw error;
  }
}

/** The same in one transaction with a check of another record, which costs twice as much. */
async function putUnlessErased(
  client: DynamoDBClient,
  input: Put,
  ConditionCheck: NonNullable<TransactWriteItem['ConditionCheck']>,
): Promise<Attributes | undefined> {
  const TransactItems = [{ Put: { ...input, ...returnFound } }, { ConditionCheck }];
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
    return undefined;
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) return reasons[0]?.Item ?? {};
    if (!reasons.some(({ Code }) => Code === 'ValidationError')) throw error;
    const details = { operation: 'commit', error: 'ValidationError' };
    throw new ServiceError('store.refused', details, { cause: error });
  }
}

/**
 * What a write came to whose condition failed. The SDK repeats a request whose answer is lost: then
 * it finds what it has written itself.
 */
function outcomeOf({ messageId, version: found }: Attributes, version: Version) {
  if (messageId?.S === version.messageId) return 'committed';
  return Number(found?.N ?? 0) > version.version ? 'overtaken' : 'raced';
}
