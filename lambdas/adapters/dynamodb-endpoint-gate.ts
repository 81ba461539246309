import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type EndpointGate, idleGate } from '../core/endpoint-gate.ts';
import type { EndpointId } from '../core/ids.ts';
import { type Instant, parseInstant } from '../core/instant.ts';
import type { ItemKey } from '../core/tables.ts';
import type { EndpointGateStore, StoredGate } from '../ports/endpoint-gate.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';

/** The row of an endpoint in the Webhooks table. The attributes are those of its lanes, and `revision`. */
export function endpointGateKey(id: EndpointId): ItemKey {
  return { pk: 'lanes', sk: id };
}

const instant = v.custom<Instant>((value) => parseInstant(value) !== undefined);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const lanesItem = v.object({
  lanes: v.record(v.string(), instant),
  failuresInARow: count,
  failingSince: v.optional(instant),
  lastFailedAt: v.optional(instant),
  openings: count,
  openUntil: v.optional(instant),
  nextTurnAt: v.optional(instant),
  lastInLineAt: v.optional(instant),
});

/** Beyond it two revisions in a row are the same number. */
const revision = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER - 1));

export function dynamodbEndpointGateStore(client: DynamoDBClient, tableName: string): EndpointGateStore {
  return {
    read: (id) => storeCall('readLanes', () => readLanes(client, tableName, id)),
    write: (id, lanes, stands) =>
      storeCall('writeLanes', () => writeLanes(client, tableName, id, lanes, stands)),
    reset: (id) =>
      storeCall('resetLanes', async () => {
        // Not deleted: a row whose revisions began anew would let one write that was meant for the row before.
        let outcome: 'written' | 'raced' = 'raced';
        while (outcome === 'raced') {
          const { revision: stands } = await readLanes(client, tableName, id);
          outcome = await writeLanes(client, tableName, id, idleGate, stands);
        }
      }),
  };
}

async function readLanes(client: DynamoDBClient, tableName: string, id: EndpointId): Promise<StoredGate> {
  const input = { TableName: tableName, Key: toAttributes(endpointGateKey(id)), ConsistentRead: true };
  const { Item } = await client.send(new GetItemCommand(input));
  const item = Item && fromAttributes(Item);
  const parsed = v.safeParse(lanesItem, item);
  const read = v.safeParse(revision, item?.['revision']);
  return {
    lanes: parsed.success ? parsed.output : undefined,
    revision: read.success ? read.output : 0,
  };
}

async function writeLanes(
  client: DynamoDBClient,
  tableName: string,
  id: EndpointId,
  lanes: EndpointGate,
  stands: number,
): Promise<'written' | 'raced'> {
  const input = {
    TableName: tableName,
    Item: toAttributes({ ...endpointGateKey(id), ...lanes, revision: stands + 1 }),
    ...stillStands(stands),
  };
  return (await tryConditionalWrite(() => client.send(new PutItemCommand(input)))) ? 'written' : 'raced';
}

/** 0 stands for a row that is not there, and for one whose revision somebody edited into none. */
function stillStands(stands: number) {
  if (stands > 0)
    return {
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: toAttributes({ ':revision': stands }),
    };
  return {
    ConditionExpression:
      'attribute_not_exists(revision) OR NOT attribute_type(revision, :number) OR revision < :first OR revision > :last',
    ExpressionAttributeValues: toAttributes({
      ':number': 'N',
      ':first': 1,
      ':last': Number.MAX_SAFE_INTEGER - 1,
    }),
  };
}
