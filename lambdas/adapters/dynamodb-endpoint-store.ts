import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Endpoint } from '../core/endpoint.ts';
import { type EndpointId, isEndpointId } from '../core/ids.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, ifConditionHolds, toAttributes } from './dynamodb-attributes.ts';

const partition = 'endpoint';

/** The item of an endpoint in the Webhooks table: `pk` is `endpoint`, `sk` its id. */
export function endpointItem(endpoint: Endpoint): Readonly<Record<string, unknown>> {
  return { pk: partition, sk: endpoint.id, ...endpoint };
}

const endpoint = v.object({
  id: v.custom<EndpointId>(isEndpointId),
  url: v.string(),
  topics: v.array(v.string()),
  catalogs: v.array(v.string()),
  secretId: v.string(),
  disabled: v.optional(v.object({ reason: v.string(), at: v.string() })),
});

function parseEndpoint(item: unknown): Endpoint {
  return v.parse(endpoint, item);
}

export function dynamodbEndpointStore(client: DynamoDBClient, tableName: string): EndpointStore {
  return {
    all: () =>
      storeCall('endpoints', async () => {
        const input = {
          TableName: tableName,
          KeyConditionExpression: 'pk = :endpoint',
          ExpressionAttributeValues: toAttributes({ ':endpoint': partition }),
          ConsistentRead: true,
        };
        const found: Endpoint[] = [];
        for await (const { Items = [] } of paginateQuery({ client }, input))
          found.push(...Items.map((item) => parseEndpoint(fromAttributes(item))));
        return found;
      }),
    find: (id) =>
      storeCall('endpoint', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes({ pk: partition, sk: id }),
          ConsistentRead: true,
        };
        const { Item } = await client.send(new GetItemCommand(input));
        return Item && parseEndpoint(fromAttributes(Item));
      }),
    disable: (id, reason, at) =>
      storeCall('disable', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes({ pk: partition, sk: id }),
          UpdateExpression: 'SET disabled = :disabled',
          ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(disabled)',
          ExpressionAttributeValues: toAttributes({ ':disabled': { reason, at } }),
        };
        await ifConditionHolds(() => client.send(new UpdateItemCommand(input)));
      }),
  };
}
