import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { type DeliveryId, deliveryIdOf, type EndpointId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { VersionRef } from '../../../lambdas/core/record.ts';
import type { RecordState, Version } from '../../../lambdas/core/version.ts';
import type { FanOutMetric } from '../../../lambdas/fan-out/contract.ts';
import type { FanOutDeps } from '../../../lambdas/fan-out/fan-out.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { messageIdFor, observation, versionOf } from '../../builders/versions.ts';
import { inMemoryDeliveryStore } from '../../fakes/in-memory-delivery-store.ts';
import { inMemoryEndpointStore } from '../../fakes/in-memory-endpoint-store.ts';
import { inMemoryDoorbell } from '../../fakes/in-memory-queue.ts';
import { inMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';

/** Everything that survives one run of the function, with these endpoints. */
export function fanOutWorld(endpoints: readonly Endpoint[] = []) {
  return {
    endpoints: inMemoryEndpointStore(endpoints),
    records: inMemoryRecordStore(),
    deliveries: inMemoryDeliveryStore(),
    doorbell: inMemoryDoorbell<DeliveryId>(),
    clock: manualClock('2026-03-01T10:00:06.000Z'),
    outboxGraceMs: 60_000,
    log: recordedLog(),
    metrics: recordedMetrics<FanOutMetric>(),
  };
}
export type FanOutWorld = ReturnType<typeof fanOutWorld>;

export function fanOutDeps(world: FanOutWorld): FanOutDeps {
  return { ...world, endpoints: () => world.endpoints.all() };
}

/** @param intentDueAt by default the intent is due, so each delivery gets its row from fan-out */
export function storeVersion(
  { records }: FanOutWorld,
  observed = observation(),
  before?: RecordState,
  intentDueAt: Instant = '2026-03-01T10:00:06.000Z',
): Promise<Version> {
  const version = versionOf(observed, before);
  return appendVersion(records, before, version, intentDueAt).then(() => version);
}

export function deliveryIdFor(version: VersionRef, endpointId: EndpointId): DeliveryId {
  return deliveryIdOf(messageIdFor(version), endpointId);
}
