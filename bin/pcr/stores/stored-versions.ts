import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import {
  type Attributes,
  fromAttributes,
  toAttributes,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { queryPages, scanPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import { messageIds, messageIdsIn } from '../../../lambdas/adapters/message-ids.ts';
import { announced } from '../../../lambdas/adapters/record-item.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { parseRecordPath, type RecordKey, recordPath } from '../../../lambdas/core/record.ts';
import { parseVersionSortKey, recordTable } from '../../../lambdas/core/tables.ts';
import { storedInstant } from '../../../lambdas/core/value-schema.ts';
import { knownAtOf } from '../../../lambdas/core/version.ts';
import type { StoredVersion } from '../replay/selection.ts';

/** Selects the versions of one record, or all that were stored since a time. */
export interface VersionQuery {
  readonly record?: RecordKey | undefined;
  readonly since?: Instant | undefined;
}

/** @returns the versions in any order, or the key of an unreadable item */
export type StoredVersions = (
  query: VersionQuery,
) => AsyncIterable<StoredVersion | { readonly unreadable: string }>;

/**
 * Reads the partition of one record, or scans the Records table, because no index contains
 * versions. Eventually consistent.
 */
export function dynamodbStoredVersions(client: DynamoDBClient, tableName: string): StoredVersions {
  return async function* read({ record, since }) {
    const pages = record
      ? queryPages(client, ofRecord(tableName, record))
      : scanPages(client, ofAll(tableName, since));
    for await (const items of pages) for (const item of items) yield versionIn(item);
  };
}

const projection = {
  ProjectionExpression:
    'pk, sk, #catalog, #type, #topics, #readAt, #cause.#eventTime, messageId, previousMessageId',
  ExpressionAttributeNames: Object.fromEntries(
    ['catalog', 'type', 'topics', 'readAt', 'cause', 'eventTime'].map((name) => [`#${name}`, name]),
  ),
};

function ofRecord(TableName: string, record: RecordKey) {
  return {
    TableName,
    ...projection,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :version)',
    ExpressionAttributeValues: toAttributes({
      ':pk': recordPath(record),
      ':version': recordTable.versionSortKeyPrefix,
    }),
  };
}

function ofAll(TableName: string, since: Instant | undefined) {
  const recent = since === undefined ? '' : ' AND (#readAt >= :since OR #cause.#eventTime >= :since)';
  return {
    TableName,
    ...projection,
    FilterExpression: `begins_with(sk, :version)${recent}`,
    ExpressionAttributeValues: toAttributes({
      ':version': recordTable.versionSortKeyPrefix,
      ':since': since,
    }),
  };
}

const item = v.object({
  ...announced.entries,
  ...messageIds.entries,
  readAt: storedInstant,
  cause: v.object({ eventTime: storedInstant }),
});

function versionIn(attributes: Attributes): StoredVersion | { readonly unreadable: string } {
  const { pk = '', sk = '', ...rest } = fromAttributes(attributes);
  const key = parseRecordPath(String(pk));
  const version = parseVersionSortKey(String(sk));
  const parsed = v.safeParse(item, rest);
  if (!key || version === undefined || !parsed.success) return { unreadable: `${String(pk)} ${String(sk)}` };
  const { catalog, type, topics } = parsed.output;
  const ref = { ...key, version };
  return { ref, ...messageIdsIn(ref, rest), catalog, type, topics, learntAt: knownAtOf(parsed.output) };
}
