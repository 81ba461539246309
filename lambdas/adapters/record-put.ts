import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../core/instant.ts';
import type { RecordState, Version } from '../core/version.ts';
import { type Attributes, toAttributes } from './dynamodb-attributes.ts';
import { putParts } from './dynamodb-record-parts.ts';
import type { Item } from './record-content.ts';
import { currentItem } from './record-item.ts';
import { type StoredContents, storedContents } from './record-parts.ts';

export type Put = NonNullable<TransactWriteItem['Put']>;

/** What both items of a version share. */
export interface Prepared {
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
export function withPayload(item: Item, payload: Attributes): Attributes {
  if (item['payload'] === undefined) return toAttributes(item);
  return { ...toAttributes({ ...item, payload: undefined }), ...payload };
}

/** Prepares the write that commits a version, for a transaction with other items. */
export async function putOfCommit(
  client: DynamoDBClient,
  tableName: string,
  before: RecordState | undefined,
  version: Version,
  intentDueAt: Instant,
): Promise<Put> {
  const made = await prepareVersion(client, tableName, version);
  return putOf(tableName, before, version, made, intentDueAt);
}

/** Stores the parts of a version, and prepares its items. */
export async function prepareVersion(
  client: DynamoDBClient,
  tableName: string,
  version: Version,
): Promise<Prepared> {
  const made = preparedOf(version);
  await putParts(client, tableName, made.contents.parts);
  return made;
}

/** The write that commits a version. If its condition does not hold, it returns the item. */
export function putOf(
  TableName: string,
  before: RecordState | undefined,
  version: Version,
  { contents, payload }: Prepared,
  intentDueAt: Instant,
): Put {
  const item = { ...currentItem(version, contents.current), intentDueAt };
  return { TableName, Item: withPayload(item, payload), ...ifUnchanged(before), ...returnFound };
}

const returnFound = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
const hasSameVersion = 'version = :version AND readAt = :readAt';
const hasNoDoubt = 'attribute_not_exists(certainFrom)';
const hasSameDoubt = 'certainFrom = :certainFrom';
export const ifAbsent = { ConditionExpression: 'attribute_not_exists(pk)' } as const;

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
