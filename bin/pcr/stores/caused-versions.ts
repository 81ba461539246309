import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { queryPages, scanPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import {
  parseRecordPath,
  type RecordKey,
  recordPath,
  type VersionRef,
} from '../../../lambdas/core/record.ts';
import { parseVersionSortKey, recordTable } from '../../../lambdas/core/tables.ts';

/**
 * Finds the versions that name an event, or a run of `reconcile`, as their cause. No index contains
 * causes.
 * @param records reads their partitions. @default the whole Records table
 */
export async function causedVersions(
  eventId: string,
  records: readonly RecordKey[] | undefined,
  client: DynamoDBClient,
  TableName: string,
): Promise<readonly VersionRef[]> {
  const filter = {
    TableName,
    ProjectionExpression: 'pk, sk',
    FilterExpression: 'contains(#cause.#eventIds, :event)',
    ExpressionAttributeNames: { '#cause': 'cause', '#eventIds': 'eventIds' },
  };
  const values = { ':event': eventId, ':version': recordTable.versionSortKeyPrefix };
  const ofRecord = (key: RecordKey) => ({
    ...filter,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :version)',
    ExpressionAttributeValues: toAttributes({ ...values, ':pk': recordPath(key) }),
  });
  const ofAll = {
    ...filter,
    FilterExpression: `begins_with(sk, :version) AND ${filter.FilterExpression}`,
    ExpressionAttributeValues: toAttributes(values),
  };
  const queries = records
    ? records.map((key) => queryPages(client, ofRecord(key)))
    : [scanPages(client, ofAll)];
  const found: VersionRef[] = [];
  for (const pages of queries)
    for await (const items of pages)
      for (const { pk, sk } of items) {
        const key = parseRecordPath(pk?.S ?? '');
        const version = parseVersionSortKey(sk?.S ?? '');
        if (key && version !== undefined) found.push({ ...key, version });
      }
  return found;
}
