import { type DynamoDBClient, type QueryCommandInput, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Endpoint } from '../core/endpoint.ts';
import { endpointDefinition, type Parsed, parseStoredEndpoint } from '../core/endpoint-definition.ts';
import { epochMsOf } from '../core/instant.ts';
import { isJsonObject } from '../core/json.ts';
import { ServiceError } from '../core/service-error.ts';
import { itemFormat, webhookTable } from '../core/tables.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { itemLoader } from './dynamodb-item-loader.ts';
import { queryPages } from './dynamodb-pages.ts';

const partition = 'endpoint';

const exists = 'attribute_exists(pk)';
const isEnabled = 'attribute_not_exists(disabled)';

/**
 * An expired listener gets no deliveries, but may be renewed, such as after a laptop slept. After
 * this time DynamoDB deletes it.
 */
const listenerKeptMs = 60 * 60_000;

/** Item of an endpoint in the Webhooks table: `pk` is `endpoint`, `sk` is its id. */
export function endpointItem(endpoint: Endpoint): Readonly<Record<string, unknown>> {
  const { id, destination, disabled } = endpoint;
  const listenerExpiresAt = destination.kind === 'listener' ? destination.expiresAt : undefined;
  const { format: messageFormat, ...definition } = endpointDefinition(endpoint);
  const deletableFrom = listenerExpiresAt && (epochMsOf(listenerExpiresAt) + listenerKeptMs) / 1_000;
  return {
    pk: partition,
    sk: id,
    format: itemFormat,
    ...definition,
    messageFormat,
    disabled,
    listenerExpiresAt,
    [webhookTable.timeToLive]: deletableFrom && Math.ceil(deletableFrom),
  };
}

/** In an item, `format` is the format of the item, and `messageFormat` that of the messages. */
export function parseEndpointItem(item: Readonly<Record<string, unknown>>): Parsed {
  const { format: _ofItem, messageFormat, ...members } = item;
  const definition = messageFormat === undefined ? members : { ...members, format: messageFormat };
  const parsed = parseStoredEndpoint(isJsonObject(definition) ? definition : {});
  if ('endpoint' in parsed) return parsed;
  return { problems: parsed.problems.map((problem) => problem.replace(/^format:/, 'messageFormat:')) };
}

export function dynamodbEndpointStore(client: DynamoDBClient, tableName: string): EndpointStore {
  const getItem = itemLoader(client, tableName);
  return {
    async all() {
      const input = {
        TableName: tableName,
        KeyConditionExpression: 'pk = :endpoint',
        ExpressionAttributeValues: toAttributes({ ':endpoint': partition }),
        ConsistentRead: true,
      };
      const items = await storeCall('endpoints', () => allPages(client, input));
      const read = items.map((item) => ({ id: String(item['sk']), parsed: parseEndpointItem(item) }));
      return {
        endpoints: read.flatMap(({ parsed }) => ('endpoint' in parsed ? [parsed.endpoint] : [])),
        unreadable: read.flatMap(({ id, parsed }) => ('endpoint' in parsed ? [] : [id])),
      };
    },
    async find(id) {
      const item = await storeCall('endpoint', () => getItem({ pk: partition, sk: id }));
      if (!item) return undefined;
      const parsed = parseEndpointItem(fromAttributes(item));
      if ('endpoint' in parsed) return parsed.endpoint;
      // Without the values: a header or a URL can contain a secret.
      const attributes = parsed.problems.flatMap((problem) => problem.split(': ').slice(0, 1));
      throw new ServiceError('endpoint.unreadable', { endpointId: id, attributes });
    },
    disable: (id, reason, at) =>
      storeCall('disable', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes({ pk: partition, sk: id }),
          UpdateExpression: 'SET disabled = :disabled',
          ConditionExpression: [exists, isEnabled].join(' AND '),
          ExpressionAttributeValues: toAttributes({ ':disabled': { reason, at } }),
        };
        return (await tryConditionalWrite(() => client.send(new UpdateItemCommand(input))))
          ? 'disabled'
          : 'already';
      }),
  };
}

async function allPages(
  client: DynamoDBClient,
  input: QueryCommandInput,
): Promise<ReturnType<typeof fromAttributes>[]> {
  const found: ReturnType<typeof fromAttributes>[] = [];
  for await (const items of queryPages(client, input)) found.push(...items.map(fromAttributes));
  return found;
}
