import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { storeCall } from '../../../lambdas/adapters/aws-failure.ts';
import {
  type Attributes,
  toAttributes,
  tryConditionalWrite,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { endpointItem } from '../../../lambdas/adapters/dynamodb-endpoint-store.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { webhookTable } from '../../../lambdas/core/tables.ts';
import { replacementOf } from './dynamodb-replacement.ts';
import type { EndpointAdmin } from './endpoint-admin.ts';

export function dynamodbEndpointAdmin(client: DynamoDBClient, TableName: string): EndpointAdmin {
  return {
    add: (endpoint) =>
      storeCall('add', async () => {
        const Item = toAttributes(endpointItem(endpoint));
        const put = new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' });
        return (await tryConditionalWrite(() => client.send(put))) ? 'added' : 'exists';
      }),
    update: (endpoint) =>
      storeCall('update', async () => {
        const { pk: _pk, sk: _sk, disabled: _disabled, ...definition } = endpointItem(endpoint);
        const update = new UpdateItemCommand({
          TableName,
          Key: keyOf(endpoint.id),
          ConditionExpression: 'attribute_exists(pk)',
          ...replacementOf(definition, optional),
        });
        return (await tryConditionalWrite(() => client.send(update))) ? 'updated' : 'missing';
      }),
    enable: (id) =>
      storeCall('enable', async () => {
        const enable = new UpdateItemCommand({
          TableName,
          Key: keyOf(id),
          UpdateExpression: 'REMOVE disabled',
          ConditionExpression: 'attribute_exists(pk)',
        });
        await tryConditionalWrite(() => client.send(enable));
      }),
    remove: (id) =>
      storeCall('remove', async () => {
        await client.send(new DeleteItemCommand({ TableName, Key: keyOf(id) }));
      }),
  };
}

function keyOf(id: EndpointId): Attributes {
  return toAttributes({ pk: 'endpoint', sk: id });
}

/** Optional members. An update removes those that the new definition leaves out. */
const optional: readonly string[] = [
  'description',
  'messageFormat',
  'url',
  'headers',
  'timeoutSeconds',
  'caCertificate',
  'secretId',
  'eventBus',
  'filter',
  'ratePerSecond',
  'client',
  'echo',
  'listenerExpiresAt',
  webhookTable.timeToLive,
];
