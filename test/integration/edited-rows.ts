import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { dynamodbEndpointStore } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import type { DeliveryId, EndpointId } from '../../lambdas/core/ids.ts';
import type { VersionRef } from '../../lambdas/core/record.ts';
import { deliverBatch } from '../../lambdas/deliver/batch.ts';
import { type DeliverLevel, type DeliverMetric, leaseMs } from '../../lambdas/deliver/contract.ts';
import type { FanOutMetric } from '../../lambdas/fan-out/contract.ts';
import { fanOut } from '../../lambdas/fan-out/fan-out.ts';
import type { SweepLevel, SweepMetric } from '../../lambdas/sweep/contract.ts';
import { sweep } from '../../lambdas/sweep/sweep.ts';
import { secretIdFor, secretNamePrefix } from '../builders/endpoints.ts';
import { fixedRandom } from '../fakes/fixed-random.ts';
import { inMemoryWorkQueue } from '../fakes/in-memory-queue.ts';
import { inMemorySecretStore } from '../fakes/in-memory-secret-store.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { recordedMetrics } from '../fakes/recorded-metrics.ts';
import { scriptedEventBus } from '../fakes/scripted-event-bus.ts';

type Value = AttributeValue | undefined;
export type Item = Record<string, AttributeValue>;

/** Values that an edit by hand can leave in any attribute. Undefined: the attribute is removed. */
export const wrongValues: readonly (readonly [name: string, value: Value])[] = [
  ['missing', undefined],
  ['null', { NULL: true }],
  ['text', { S: 'three' }],
  ['empty-text', { S: '' }],
  ['fraction', { N: '7.5' }],
  ['negative', { N: '-3' }],
  ['long-fraction', { N: '7.12345678901234567890123456789' }],
  ['long-number', { N: '123456789012345678901234567890' }],
  // The largest power of ten that DynamoDB stores.
  ['huge-number', { N: '1e125' }],
  ['boolean', { BOOL: true }],
  ['list', { L: [{ N: '1' }] }],
  ['map', { M: { a: { S: 'b' } } }],
  ['binary', { B: Buffer.from('binary') }],
  ['set', { SS: ['a', 'b'] }],
];

/**
 * Changes an item. Returns false if DynamoDB refuses the value, because the attribute is a key of
 * an index.
 */
export async function editItem(
  client: DynamoDBClient,
  TableName: string,
  key: { readonly pk: string; readonly sk: string },
  edit: (item: Item) => Item,
): Promise<boolean> {
  const Key = { pk: { S: key.pk }, sk: { S: key.sk } };
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  if (!Item) throw new Error(`there is no item ${key.pk} ${key.sk}`);
  try {
    await client.send(new PutItemCommand({ TableName, Item: edit(Item) }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationException') return false;
    throw error;
  }
}

export function withValue(item: Item, name: string, value: Value): Item {
  const { [name]: _, ...others } = item;
  return value === undefined ? others : { ...others, [name]: value };
}

/** `sweep`, `fan-out` and `deliver` on real tables. Receivers take every message. */
export function editedWorld(client: DynamoDBClient, tables: { records: string; webhooks: string }) {
  const endpoints = dynamodbEndpointStore(client, tables.webhooks);
  const signalledDeliveries: DeliveryId[] = [];
  const signalledVersions: VersionRef[] = [];
  const posts: string[] = [];
  const failures: unknown[] = [];
  const common = {
    endpoints,
    records: dynamodbRecordStore(client, tables.records),
    deliveries: dynamodbDeliveryStore(client, tables.webhooks),
    clock: manualClock('2026-03-01T11:00:00.000Z'),
    log: recordedLog(),
    timeScale: 1,
  };
  const secrets = inMemorySecretStore();
  for (const id of ['ep_orders', 'ep_edited', 'ep_ordered'] as const)
    secrets.set(secretIdFor(id), `whsec_${Buffer.alloc(24, id).toString('base64')}`);
  const parked = inMemoryWorkQueue();
  const deliverMetrics = recordedMetrics<DeliverMetric, DeliverLevel>();
  const fanOutMetrics = recordedMetrics<FanOutMetric>();
  const deliverDeps = {
    ...common,
    // Nothing else advances the clock while a worker waits for a start.
    clock: { ...common.clock, sleep: async () => undefined },
    readEndpoint: (id: EndpointId) => endpoints.find(id),
    gates: dynamodbEndpointGateStore(client, tables.webhooks),
    secrets,
    secretNamePrefix,
    transport: {
      post: async (_url: string, headers: Readonly<Record<string, string>>) => {
        posts.push(headers['webhook-id'] ?? '');
        return { outcome: 'delivered', status: 200 } as const;
      },
    },
    eventBus: scriptedEventBus(),
    doorbell: { ring: async () => undefined },
    fanOutDoorbell: { ring: async () => undefined },
    parked,
    random: fixedRandom(),
    metrics: deliverMetrics,
    worker: 'worker-1',
    slotsPerEndpoint: 2,
    leaseMs,
  };
  const fanOutDeps = {
    outboxGraceMs: 60_000,
    ...common,
    endpoints: () => endpoints.all(),
    doorbell: { ring: async () => undefined },
    metrics: fanOutMetrics,
  };
  const sweepDeps = (versions: VersionRef[], deliveries: DeliveryId[]) => ({
    ...common,
    fanOutDoorbell: { ring: async (rows: readonly VersionRef[]) => void versions.push(...rows) },
    deliveryDoorbell: { ring: async (rows: readonly DeliveryId[]) => void deliveries.push(...rows) },
    metrics: recordedMetrics<SweepMetric, SweepLevel>(),
  });
  return {
    ...common,
    parked,
    posts,
    signalledDeliveries,
    signalledVersions,
    /** Errors of every kind. */
    failures,
    counts: () => ({ fanOut: fanOutMetrics.totals(), deliver: deliverMetrics.totals() }),
    /** Runs `sweep`, and the functions on what it signals. Times are 20 minutes apart. */
    async sweep(times: number) {
      for (let time = 0; time < times; time += 1) {
        const versions: VersionRef[] = [];
        const deliveries: DeliveryId[] = [];
        await sweep(sweepDeps(versions, deliveries));
        signalledVersions.push(...versions);
        signalledDeliveries.push(...deliveries);
        for (const version of versions)
          await fanOut(version, fanOutDeps).catch((error: unknown) => failures.push(error));
        const batch = deliveries.map((deliveryId) => ({ deliveryId, revive: false }));
        for (const error of (await deliverBatch(batch, deliverDeps)).values()) failures.push(error);
        common.clock.advance(20 * 60_000);
      }
    },
  };
}
