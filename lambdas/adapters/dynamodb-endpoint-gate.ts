import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type EndpointGate, idleGate } from '../core/endpoint-gate.ts';
import type { EndpointId } from '../core/ids.ts';
import { type ItemKey, itemFormat } from '../core/tables.ts';
import { count, instant } from '../core/value-schema.ts';
import type { EndpointGateStore, StoredGate } from '../ports/endpoint-gate.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { itemLoader, type LoadItem } from './dynamodb-item-loader.ts';
import { ifRevisionIs, parseRevision } from './dynamodb-revision.ts';

/** Key of an endpoint's gate in the Webhooks table. */
export function endpointGateKey(id: EndpointId): ItemKey {
  return { pk: 'gate', sk: id };
}

const gateItem = v.object({
  slots: v.record(v.string(), instant),
  breaker: v.object({
    failuresInARow: count,
    failingSince: v.optional(instant),
    lastFailedAt: v.optional(instant),
    openings: count,
    openUntil: v.optional(instant),
  }),
  pace: v.object({ nextSlotAt: v.optional(instant), lastPostponedTo: v.optional(instant) }),
  pause: v.optional(
    v.object({
      cause: v.picklist(['retry-after', 'own-fault']),
      until: instant,
      since: instant,
      reason: v.string(),
    }),
  ),
  slowAt: v.optional(instant),
});

/** The schemas of a gate's attributes. `pcr rows` checks a gate by them. */
export const gateAttributes = gateItem.entries;

export function dynamodbEndpointGateStore(client: DynamoDBClient, tableName: string): EndpointGateStore {
  const getItem = itemLoader(client, tableName);
  return {
    read: (id) => storeCall('readGate', () => readGate(getItem, id)),
    write: (id, gate, revision) =>
      storeCall('writeGate', () => writeGate(client, tableName, id, gate, revision)),
    reset: (id) =>
      storeCall('resetGate', async () => {
        // The row is not deleted: with revisions from 1 again, a delayed write on the old row would
        // succeed.
        let outcome: 'written' | 'raced' = 'raced';
        while (outcome === 'raced') {
          const { revision } = await readGate(getItem, id);
          outcome = await writeGate(client, tableName, id, idleGate, revision);
        }
      }),
  };
}

async function readGate(getItem: LoadItem, id: EndpointId): Promise<StoredGate> {
  const attributes = await getItem(endpointGateKey(id));
  const item = attributes && fromAttributes(attributes);
  const gate = v.safeParse(gateItem, item);
  const revision = parseRevision(item?.['revision']);
  const isEdited = item && !(gate.success && item['revision'] === revision);
  return { gate: gate.success ? gate.output : undefined, revision, ...(isEdited && { isEdited }) };
}

async function writeGate(
  client: DynamoDBClient,
  tableName: string,
  id: EndpointId,
  gate: EndpointGate,
  revision: number,
): Promise<'written' | 'raced'> {
  const input = {
    TableName: tableName,
    Item: toAttributes({ ...endpointGateKey(id), format: itemFormat, ...gate, revision: revision + 1 }),
    ...ifRevisionIs(revision),
  };
  return (await tryConditionalWrite(() => client.send(new PutItemCommand(input)))) ? 'written' : 'raced';
}
