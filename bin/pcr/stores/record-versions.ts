import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { fromAttributes, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { parseVersion } from '../../../lambdas/adapters/record-item.ts';
import { type RecordKey, recordPath } from '../../../lambdas/core/record.ts';
import { recordTable } from '../../../lambdas/core/tables.ts';
import type { Version } from '../../../lambdas/core/version.ts';

/** Reads every version of a record, newest first. */
export async function* versionsOf(
  key: RecordKey,
  client: DynamoDBClient,
  tableName: string,
): AsyncIterable<Version> {
  const query = {
    TableName: tableName,
    KeyConditionExpression: 'pk = :record AND begins_with(sk, :version)',
    ExpressionAttributeValues: toAttributes({
      ':record': recordPath(key),
      ':version': recordTable.versionSortKeyPrefix,
    }),
    ScanIndexForward: false,
  };
  for await (const { Items = [] } of paginateQuery({ client }, query))
    for (const item of Items) yield parseVersion(fromAttributes(item));
}
