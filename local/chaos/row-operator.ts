import { type DynamoDBClient, DynamoDBServiceException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { retryRow } from '../../bin/pcr/rows/retry-row.ts';
import { dynamodbDeliveryLog } from '../../bin/pcr/stores/dynamodb-delivery-log.ts';
import { findSetAside } from '../../bin/pcr/stores/unreadable-rows.ts';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbEndpointStore } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { ItemKey } from '../../lambdas/core/tables.ts';
import { type ChaosStage, controlTableOf } from './chaos-stage.ts';
import type { AttributeEdit } from './row-edit.ts';
import type { Row } from './row-finder.ts';

/**
 * Replaces the value of an attribute, unless it is no longer the value before.
 * @returns false if DynamoDB refuses, for example because an index has the attribute
 */
export async function tryReplace(
  client: DynamoDBClient,
  { table, key }: Row,
  { name, before, after }: AttributeEdit,
): Promise<boolean> {
  const isBefore = before === undefined ? 'attribute_not_exists(#name)' : '#name = :before';
  const values = {
    ...(before !== undefined && { ':before': before }),
    ...(after !== undefined && { ':after': after }),
  };
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: toAttributes(key),
        UpdateExpression: after === undefined ? 'REMOVE #name' : 'SET #name = :after',
        ConditionExpression: `attribute_exists(pk) AND ${isBefore}`,
        ExpressionAttributeNames: { '#name': name },
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof DynamoDBServiceException && error.$fault === 'client') return false;
    throw error;
  }
}

/**
 * Retries every row that is set aside, as `pcr rows retry` does. Those that are still invalid stay.
 * @returns the rows that were retried
 */
export async function retrySetAside(chaos: ChaosStage, now: Instant): Promise<readonly ItemKey[]> {
  const { dynamodb, tables } = chaos;
  const deps = {
    dynamodb,
    recordsTable: tables.records,
    webhooksTable: tables.webhooks,
    deliveries: dynamodbDeliveryLog(dynamodb, tables.webhooks),
    endpoints: dynamodbEndpointStore(dynamodb, tables.webhooks),
    // A doorbell can be lost.
    doorbell: { ring: async () => undefined },
  };
  const rowTables = { Records: tables.records, Webhooks: tables.webhooks, Control: controlTableOf(chaos) };
  const retried: ItemKey[] = [];
  for await (const { pk, sk } of findSetAside(dynamodb, rowTables, now))
    if ((await retryRow({ pk, sk }, now, deps)) === undefined) retried.push({ pk, sk });
  return retried;
}
