import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { storeCall } from '../../../lambdas/adapters/aws-failure.ts';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { endpointItem } from '../../../lambdas/adapters/dynamodb-endpoint-store.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointSet } from './endpoint-set.ts';

/** The endpoints in the Webhooks table, changed in one transaction. */
export function dynamodbEndpointSet(client: DynamoDBClient, tableName: string): EndpointSet {
  const put = (endpoint: Endpoint, ConditionExpression: string) => ({
    Put: { TableName: tableName, Item: toAttributes(endpointItem(endpoint)), ConditionExpression },
  });
  return {
    change({ add, update, disable: { ids, reason, at } }) {
      const TransactItems = [
        ...add.map((endpoint) => put(endpoint, 'attribute_not_exists(pk)')),
        ...update.map((endpoint) => put(endpoint, stillAsRead(endpoint))),
        ...ids.map((id) => ({
          Update: {
            TableName: tableName,
            Key: toAttributes({ pk: 'endpoint', sk: id }),
            UpdateExpression: 'SET disabled = if_not_exists(disabled, :disabled)',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: toAttributes({ ':disabled': { reason, at } }),
          },
        })),
      ];
      return storeCall('change', () =>
        tryChange(() => client.send(new TransactWriteItemsCommand({ TransactItems }))),
      );
    },
  };
}

/** Keeps the replacement of a definition from enabling an endpoint that was disabled meanwhile. */
function stillAsRead({ disabled }: Endpoint): string {
  return `attribute_exists(pk) AND ${disabled ? 'attribute_exists' : 'attribute_not_exists'}(disabled)`;
}

const lostRaces: ReadonlySet<string | undefined> = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

async function tryChange(write: () => Promise<unknown>): Promise<'changed' | 'raced'> {
  try {
    await write();
    return 'changed';
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    if (reasons.some(({ Code }) => lostRaces.has(Code))) return 'raced';
    throw error;
  }
}
