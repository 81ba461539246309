import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { fromAttributes, keyIn, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { itemLoader } from '../../../lambdas/adapters/dynamodb-item-loader.ts';
import { parseVersion } from '../../../lambdas/adapters/record-item.ts';
import { readWholeItem, wholeItem } from '../../../lambdas/adapters/whole-item.ts';
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
  const getItem = itemLoader(client, tableName);
  for await (const { Items = [] } of paginateQuery({ client }, query))
    for (const attributes of Items) {
      const item = fromAttributes(attributes);
      // If parts are missing, a redaction has rewritten the item after the Query.
      const whole = (await wholeItem(item, getItem)) ?? (await readWholeItem(keyIn(attributes), getItem));
      if (whole) yield parseVersion(whole);
    }
}
