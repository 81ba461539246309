import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { storeCall } from '../../../lambdas/adapters/aws-failure.ts';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { clientItem, clientItemKey } from '../../../lambdas/adapters/dynamodb-client-store.ts';
import { endpointItem } from '../../../lambdas/adapters/dynamodb-endpoint-store.ts';
import type { Client } from '../../../lambdas/core/client.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { ClientChanges, EndpointSet } from './endpoint-set.ts';

/** The endpoints and clients in the Webhooks table, changed in one transaction. */
export function dynamodbEndpointSet(client: DynamoDBClient, tableName: string): EndpointSet {
  const put = (item: Readonly<Record<string, unknown>>, ConditionExpression: string) => ({
    Put: { TableName: tableName, Item: toAttributes(item), ConditionExpression },
  });
  const changeClients = ({ add, update, remove }: ClientChanges) => [
    ...add.map((each) => put(clientItem(each), isAbsent)),
    ...update.map((each) => put(clientItem(each), stillAsRead(each))),
    ...remove.map((id) => ({ Delete: { TableName: tableName, Key: toAttributes(clientItemKey(id)) } })),
  ];
  return {
    change({ add, update, disable: { ids, reason, at }, clients }) {
      const TransactItems = [
        ...add.map((endpoint) => put(endpointItem(endpoint), isAbsent)),
        ...update.map((endpoint) => put(endpointItem(endpoint), stillAsRead(endpoint))),
        ...ids.map((id) => ({
          Update: {
            TableName: tableName,
            Key: toAttributes({ pk: 'endpoint', sk: id }),
            UpdateExpression: 'SET disabled = if_not_exists(disabled, :disabled)',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: toAttributes({ ':disabled': { reason, at } }),
          },
        })),
        ...(clients ? changeClients(clients) : []),
      ];
      return storeCall('change', () =>
        tryChange(() => client.send(new TransactWriteItemsCommand({ TransactItems }))),
      );
    },
  };
}

const isAbsent = 'attribute_not_exists(pk)';

/** Keeps the replacement of a definition from enabling what was disabled meanwhile. */
function stillAsRead({ disabled }: Pick<Endpoint | Client, 'disabled'>): string {
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
