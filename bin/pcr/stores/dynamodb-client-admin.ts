import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { storeCall } from '../../../lambdas/adapters/aws-failure.ts';
import {
  fromAttributes,
  toAttributes,
  tryConditionalWrite,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import {
  clientItem,
  clientItemKey,
  clientPartition,
  parseClientItem,
} from '../../../lambdas/adapters/dynamodb-client-store.ts';
import { queryPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import type { ClientAdmin } from './client-admin.ts';
import { replacementOf } from './dynamodb-replacement.ts';

/** Optional members. An update removes those that the new definition leaves out. */
const optional = ['description'];

export function dynamodbClientAdmin(client: DynamoDBClient, TableName: string): ClientAdmin {
  return {
    all: () =>
      storeCall('clients', async () => {
        const input = {
          TableName,
          KeyConditionExpression: 'pk = :client',
          ExpressionAttributeValues: toAttributes({ ':client': clientPartition }),
          ConsistentRead: true,
        };
        const found: { readonly id: string; readonly parsed: ReturnType<typeof parseClientItem> }[] = [];
        for await (const items of queryPages(client, input))
          for (const item of items.map(fromAttributes))
            found.push({ id: String(item['sk']), parsed: parseClientItem(item) });
        return {
          clients: found.flatMap(({ parsed }) => ('client' in parsed ? [parsed.client] : [])),
          unreadable: found.flatMap(({ id, parsed }) => ('client' in parsed ? [] : [id])),
        };
      }),
    add: (added) =>
      storeCall('add', async () => {
        const Item = toAttributes(clientItem(added));
        const put = new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' });
        return (await tryConditionalWrite(() => client.send(put))) ? 'added' : 'exists';
      }),
    update: (updated) =>
      storeCall('update', async () => {
        const { pk: _pk, sk: _sk, disabled: _disabled, ...definition } = clientItem(updated);
        const update = new UpdateItemCommand({
          TableName,
          Key: toAttributes(clientItemKey(updated.id)),
          ConditionExpression: 'attribute_exists(pk)',
          ...replacementOf(definition, optional),
        });
        return (await tryConditionalWrite(() => client.send(update))) ? 'updated' : 'missing';
      }),
    setDisabled: (id, disabled) =>
      storeCall('setDisabled', async () => {
        const update = new UpdateItemCommand({
          TableName,
          Key: toAttributes(clientItemKey(id)),
          ...(disabled
            ? {
                UpdateExpression: 'SET disabled = :true',
                ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(disabled)',
                ExpressionAttributeValues: toAttributes({ ':true': true }),
              }
            : {
                UpdateExpression: 'REMOVE disabled',
                ConditionExpression: 'attribute_exists(disabled)',
              }),
        });
        return (await tryConditionalWrite(() => client.send(update))) ? 'changed' : 'unchanged';
      }),
    remove: (id) =>
      storeCall('remove', async () => {
        await client.send(new DeleteItemCommand({ TableName, Key: toAttributes(clientItemKey(id)) }));
      }),
  };
}
