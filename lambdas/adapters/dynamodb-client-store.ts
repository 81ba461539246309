import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Client } from '../core/client.ts';
import { clientDefinition, type ParsedClient, parseStoredClient } from '../core/client-definition.ts';
import { isJsonObject } from '../core/json.ts';
import { ServiceError } from '../core/service-error.ts';
import { type ItemKey, itemFormat } from '../core/tables.ts';
import type { ClientStore } from '../ports/client-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes } from './dynamodb-attributes.ts';
import { itemLoader } from './dynamodb-item-loader.ts';

/** Partition of the clients in the Webhooks table. */
export const clientPartition = 'client';

export function clientItemKey(id: string): ItemKey {
  return { pk: clientPartition, sk: id };
}

/** Item of a client in the Webhooks table: `pk` is `client`, `sk` is its id. */
export function clientItem(client: Client): Readonly<Record<string, unknown>> {
  return {
    ...clientItemKey(client.id),
    format: itemFormat,
    ...clientDefinition(client),
    ...(client.disabled && { disabled: true }),
  };
}

export function parseClientItem(item: Readonly<Record<string, unknown>>): ParsedClient {
  const { pk: _pk, sk: _sk, format: _format, ...members } = item;
  return parseStoredClient(isJsonObject(members) ? members : {});
}

export function dynamodbClientStore(client: DynamoDBClient, webhooksTableName: string): ClientStore {
  const getItem = itemLoader(client, webhooksTableName);
  return {
    async find(id) {
      const item = await storeCall('client', () => getItem(clientItemKey(id)));
      if (!item) return undefined;
      const parsed = parseClientItem(fromAttributes(item));
      if ('client' in parsed) return parsed.client;
      // Without the values: an edit by hand may have put anything there.
      const attributes = parsed.problems.flatMap((problem) => problem.split(': ').slice(0, 1));
      throw new ServiceError('client.unreadable', { clientId: id, attributes });
    },
  };
}
