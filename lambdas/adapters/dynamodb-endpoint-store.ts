import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Endpoint } from '../core/endpoint.ts';
import { type EndpointId, isEndpointId } from '../core/ids.ts';
import { laterAfter, ServiceError } from '../core/service-error.ts';
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

/** How long to wait for somebody to mend an item. */
const mendingMs = 60_000;

export function dynamodbEndpointStore(client: DynamoDBClient, tableName: string): EndpointStore {
  return {
    async all() {
      const input = {
        TableName: tableName,
        KeyConditionExpression: 'pk = :endpoint',
        ExpressionAttributeValues: toAttributes({ ':endpoint': partition }),
        ConsistentRead: true,
      };
      const items = await storeCall('endpoints', () => allPages(client, input));
      const parsed = items.map((item) => ({ id: String(item['sk']), ...v.safeParse(endpoint, item) }));
      return {
        endpoints: parsed.flatMap((each) => (each.success ? [each.output] : [])),
        unreadable: parsed.flatMap((each) => (each.success ? [] : [each.id])),
      };
    },
    async find(id) {
      const input = {
        TableName: tableName,
        Key: toAttributes({ pk: partition, sk: id }),
        ConsistentRead: true,
      };
      const { Item } = await storeCall('endpoint', () => client.send(new GetItemCommand(input)));
      if (!Item) return undefined;
      const parsed = v.safeParse(endpoint, fromAttributes(Item));
      if (!parsed.success)
        throw new ServiceError(
          'endpoint.unreadable',
          { endpointIds: [id] },
          { retry: laterAfter(mendingMs) },
        );
      return parsed.output;
    },
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

async function allPages(
  client: DynamoDBClient,
  input: QueryCommandInput,
): Promise<ReturnType<typeof fromAttributes>[]> {
  const found: ReturnType<typeof fromAttributes>[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, input))
    found.push(...Items.map(fromAttributes));
  return found;
}
