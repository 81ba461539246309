import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type Attributes,
  fromAttributes,
  keyIn,
  toAttributes,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { itemLoader } from '../../../lambdas/adapters/dynamodb-item-loader.ts';
import { queryPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import { parseVersion, versionAttributes } from '../../../lambdas/adapters/record-item.ts';
import { parseItem } from '../../../lambdas/adapters/unreadable-item.ts';
import { type GetItem, readWholeItem, wholeItem } from '../../../lambdas/adapters/whole-item.ts';
import { type RecordKey, recordPath } from '../../../lambdas/core/record.ts';
import { isFailure } from '../../../lambdas/core/service-error.ts';
import { parseVersionSortKey, recordTable } from '../../../lambdas/core/tables.ts';
import type { Version } from '../../../lambdas/core/version.ts';

/** A version that was edited by hand and is invalid. */
export interface UnreadableVersion {
  readonly version: number;
  /** Names attributes, never values. */
  readonly unreadable: readonly string[];
}

export function isUnreadable(version: object): version is UnreadableVersion {
  return 'unreadable' in version;
}

/** Reads every version of a record, newest first. */
export async function* versionsOf(
  key: RecordKey,
  client: DynamoDBClient,
  tableName: string,
): AsyncIterable<Version | UnreadableVersion> {
  const query = {
    TableName: tableName,
    KeyConditionExpression: 'pk = :record AND begins_with(sk, :version)',
    ExpressionAttributeValues: toAttributes({
      ':record': recordPath(key),
      ':version': recordTable.versionSortKeyPrefix,
    }),
    ScanIndexForward: false,
  };
  const getItem = itemLoader(client, tableName);
  for await (const items of queryPages(client, query))
    for (const item of items) yield* await versionsIn(item, getItem);
}

/** Reads the version of an item with its parts: none if it has been removed meanwhile. */
export async function versionsIn(
  attributes: Attributes,
  getItem: GetItem,
): Promise<readonly (Version | UnreadableVersion)[]> {
  const item = fromAttributes(attributes);
  try {
    // If parts are missing, a redaction has rewritten the item after the Query.
    const whole = (await wholeItem(item, getItem)) ?? (await readWholeItem(keyIn(attributes), getItem));
    return whole ? [parseItem(whole, parseVersion, versionAttributes)] : [];
  } catch (error) {
    if (!isFailure(error, 'record.unreadable')) throw error;
    const version = parseVersionSortKey(String(item['sk'])) ?? 0;
    return [{ version, unreadable: error.details.problems }];
  }
}
