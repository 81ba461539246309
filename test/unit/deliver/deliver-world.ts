import { type DeliveryId, deliveryIdOf, type EndpointId } from '../../../lambdas/core/ids.ts';
import { epochMsOf } from '../../../lambdas/core/instant.ts';
import { messageOf } from '../../../lambdas/core/message.ts';
import type { VersionRef } from '../../../lambdas/core/record.ts';
import type { SigningSecret } from '../../../lambdas/core/signature.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { deliverBatch } from '../../../lambdas/deliver/batch.ts';
import { type DeliverLevel, type DeliverMetric, leaseMs } from '../../../lambdas/deliver/contract.ts';
import { deliver } from '../../../lambdas/deliver/deliver.ts';
import type { DeliverFailures } from '../../../lambdas/deliver/deliver-in-slot.ts';
import type { DeliverDeps } from '../../../lambdas/deliver/deps.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { endpoint, secretIdFor, secretNamePrefix } from '../../builders/endpoints.ts';
import { cause, messageIdFor, versionOf } from '../../builders/versions.ts';
import { fixedRandom } from '../../fakes/fixed-random.ts';
import { type DeliveryRow, inMemoryDeliveryStore } from '../../fakes/in-memory-delivery-store.ts';
import { inMemoryEndpointGateStore } from '../../fakes/in-memory-endpoint-gate.ts';
import { inMemoryEndpointStore } from '../../fakes/in-memory-endpoint-store.ts';
import { inMemoryDoorbell, inMemoryWorkQueue } from '../../fakes/in-memory-queue.ts';
import { inMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import { inMemorySecretStore } from '../../fakes/in-memory-secret-store.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';
import { scriptedEventBus } from '../../fakes/scripted-event-bus.ts';
import { scriptedWebhookTransport } from '../../fakes/scripted-webhook-transport.ts';

export const version: Version = versionOf();
/** Id of the event that caused the version. */
export const correlationId: string = cause.eventIds.join();
export const deliveryId: DeliveryId = deliveryIdFor('ep_orders');

/** The message body of the version. */
export const body: string = messageOf(version, endpoint()).body;

/** 24 bytes each, made up. */
export const secret: SigningSecret = `whsec_${Buffer.alloc(24, 'current secret').toString('base64')}`;
export const previousSecret: SigningSecret = `whsec_${Buffer.alloc(24, 'previous one').toString('base64')}`;

export function deliveryIdFor(endpointId: EndpointId): DeliveryId {
  return deliveryIdOf(messageIdFor(version), endpointId);
}

export type DeliverWorld = ReturnType<typeof emptyWorld>;

function emptyWorld() {
  const endpoints = inMemoryEndpointStore();
  return {
    deliveries: inMemoryDeliveryStore(),
    endpoints,
    readEndpoint: (id: EndpointId) => endpoints.find(id),
    gates: inMemoryEndpointGateStore(),
    records: inMemoryRecordStore(),
    secrets: inMemorySecretStore(),
    secretNamePrefix,
    transport: scriptedWebhookTransport(),
    eventBus: scriptedEventBus(),
    doorbell: inMemoryDoorbell<DeliveryId>(),
    fanOutDoorbell: inMemoryDoorbell<VersionRef>(),
    parked: inMemoryWorkQueue(),
    clock: manualClock('2026-03-01T10:00:00.250Z'),
    random: fixedRandom(),
    log: recordedLog(),
    metrics: recordedMetrics<DeliverMetric, DeliverLevel>(),
    worker: 'worker-1',
    slotsPerEndpoint: 2,
    leaseMs,
    outboxGraceMs: 60_000,
    timeScale: 1,
  };
}

/** A world with one version, one endpoint that wants it, and its delivery, due at once. */
export async function deliverWorld(): Promise<DeliverWorld> {
  const world = emptyWorld();
  world.endpoints.put(endpoint());
  for (const id of ['ep_orders', 'ep_crm', 'ep_other', 'ep_late'] as const)
    world.secrets.set(secretIdFor(id), secret);
  await appendVersion(world.records, undefined, version, '2026-03-01T10:01:00.000Z');
  await addDelivery(world, 'ep_orders');
  return world;
}

export async function addDelivery(
  { deliveries }: DeliverWorld,
  endpointId: EndpointId,
  of: VersionRef | Version = version,
  wanted = true,
): Promise<DeliveryId> {
  const messageId = messageIdFor(of);
  const id = deliveryIdOf(messageId, endpointId);
  const previousMessageId = 'previousMessageId' in of ? of.previousMessageId : undefined;
  const delivery = { id, messageId, previousMessageId, endpointId, version: of, correlationId, wanted };
  await deliveries.add(delivery, '2026-03-01T10:00:00.000Z');
  return id;
}

/** Works on one delivery. `parts` replace those of the world. */
export async function ring(
  world: DeliverWorld,
  parts: Partial<DeliverDeps> = {},
  id = deliveryId,
): Promise<void> {
  await deliver(id, { ...world, ...parts });
}

/** Works on a batch of deliveries to `ep_orders`. `parts` replace those of the world. */
export function ringBatch(
  world: DeliverWorld,
  ids: readonly DeliveryId[],
  parts: Partial<DeliverDeps> = {},
): Promise<DeliverFailures> {
  const rings = ids.map((id) => ({ deliveryId: id, revive: false, endpointId: 'ep_orders' as const }));
  return deliverBatch(rings, { ...world, ...parts });
}

export function rowOf(world: DeliverWorld, id = deliveryId): DeliveryRow {
  const row = world.deliveries.find(id);
  if (!row) throw new Error(`there is no delivery ${id}`);
  return row;
}

/** Milliseconds until the delivery is due; undefined if it is not pending. */
export function dueInMs(world: DeliverWorld, id = deliveryId): number | undefined {
  const { dueAt } = rowOf(world, id);
  return dueAt && epochMsOf(dueAt) - world.clock.nowMs();
}

/** Works on the delivery whenever it is due, until it has ended or `mostRings` is reached. */
export async function ringUntilFinished(world: DeliverWorld, mostRings = 20): Promise<void> {
  for (let rings = 0; rings < mostRings; rings += 1) {
    const waitMs = dueInMs(world);
    if (waitMs === undefined) return;
    world.clock.advance(Math.max(0, waitMs));
    await ring(world);
  }
}
