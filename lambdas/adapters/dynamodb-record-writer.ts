import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import type { RecordKey } from '../core/record.ts';
import { currentItemKey } from '../core/tables.ts';
import type { Version } from '../core/version.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { tryTransaction } from './dynamodb-transaction.ts';
import { versionItem } from './record-item.ts';
import { ifAbsent, type Prepared, type Put, prepareVersion, putOf, withPayload } from './record-put.ts';
import type { StoredVersions } from './stored-versions.ts';

/**
 * The two writes of a version: of the current item, which commits it, and of the version.
 * @param stored gets the versions that are written
 */
export function dynamodbRecordWriter(
  client: DynamoDBClient,
  tableName: string,
  stored: StoredVersions,
): Pick<RecordStore, 'commit' | 'putVersion'> {
  /** What a commit has prepared for the version that follows it. */
  const prepared = new WeakMap<Version, Prepared>();
  const prepare = (version: Version) => prepareVersion(client, tableName, version);
  return {
    commit: (before, version, intentDueAt, owner) =>
      storeCall('commit', async () => {
        const made = await prepare(version);
        prepared.set(version, made);
        const Put = putOf(tableName, before, version, made, intentDueAt);
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
        stored.add(version);
      }),
  };
}

/** Also true if the record is not stored. */
function ifNotErased(key: RecordKey) {
  return { Key: toAttributes(currentItemKey(key)), ConditionExpression: 'attribute_not_exists(erased)' };
}

/** @returns the item that is there instead, or undefined if the write was done */
async function putIfUnchanged(client: DynamoDBClient, input: Put): Promise<Attributes | undefined> {
  try {
    await client.send(new PutItemCommand(input));
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
  const reasons = await tryTransaction(client, 'commit', [{ Put: input }, { ConditionCheck }]);
  return reasons && (reasons[0]?.Item ?? {});
}

/**
 * What a write came to whose condition failed. The SDK repeats a request whose answer is lost: then
 * it finds what it has written itself.
 */
function outcomeOf({ messageId, version: found }: Attributes, version: Version) {
  if (messageId?.S === version.messageId) return 'committed';
  return Number(found?.N ?? 0) > version.version ? 'overtaken' : 'raced';
}
