import { isInterested } from '../core/endpoint.ts';
import { deliveryIdOf, messageIdOf } from '../core/ids.ts';
import { instantOf } from '../core/instant.ts';
import { parseRecordPath, recordPath, type VersionRef } from '../core/record.ts';
import { laterAfter, ServiceError } from '../core/service-error.ts';
import { parseVersionSortKey } from '../core/tables.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell } from '../ports/doorbell.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { FanOutMetric } from './contract.ts';

export interface FanOut {
  /** As they stand when the batch asks first. */
  readonly endpoints: EndpointStore['all'];
  readonly records: Pick<RecordStore, 'announced' | 'redactBefore' | 'fannedOut' | 'postponeFanOut'>;
  readonly deliveries: Pick<DeliveryStore, 'add'>;
  readonly doorbell: DeliveryDoorbell;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<FanOutMetric>;
}

/** How long a version waits for an endpoint's item to be mended. */
const mendingMs = 10 * 60_000;

/**
 * Makes one delivery of a version for every interested endpoint, rings, redacts the versions before it where it is redacted
 * itself, and takes it out of the outbox.
 * In that order and with derived ids: a crash anywhere leaves the version in the outbox, and doing it all again adds nothing.
 * @throws ServiceError `store.unavailable`, `queue.unavailable`, `endpoint.unreadable` (later).
 */
export async function fanOut(version: VersionRef, deps: FanOut): Promise<void> {
  const { endpoints, records, deliveries, doorbell, clock, log, metrics } = deps;
  const announced = await records.announced(version);
  // Nobody stored it, or somebody deleted it: there is nothing to send.
  if (!announced) return;
  const messageId = messageIdOf(version);
  const { endpoints: readable, unreadable } = await endpoints();
  const interested = readable.filter((endpoint) => isInterested(endpoint, announced));
  const added = await Promise.all(
    interested.map(async ({ id: endpointId }) => {
      const delivery = { id: deliveryIdOf(messageId, endpointId), messageId, endpointId, version };
      return {
        id: delivery.id,
        isNew: (await deliveries.add(delivery, instantOf(clock.nowMs()))) === 'added',
      };
    }),
  );
  // Also for those that were there already: whoever added them may have died before ringing.
  if (added.length > 0) await doorbell.ring(added.map(({ id }) => id));
  // The row in the outbox is what is left to do of this too. A message of theirs that is still to be delivered goes out
  // redacted then, under its own webhook-id: what was taken away is not sent any more.
  if (announced.redacted) metrics.count('VersionsRedacted', await records.redactBefore(version));
  if (unreadable.length > 0) {
    // It may be interested too, so the version stays in the outbox until somebody mends it, behind those that are not stuck.
    await records.postponeFanOut(version, instantOf(clock.nowMs() + mendingMs));
    throw new ServiceError(
      'endpoint.unreadable',
      { endpointIds: unreadable },
      { retry: laterAfter(mendingMs) },
    );
  }
  await records.fannedOut(version);
  metrics.count('VersionsFannedOut');
  metrics.count('DeliveriesAdded', added.filter(({ isNew }) => isNew).length);
  log.info('version.fanned-out', {
    record: recordPath(version),
    version: version.version,
    messageId,
    endpoints: interested.length,
  });
}

/** Fans out the version whose item was inserted. The stream is filtered to such items. */
export async function fanOutVersionItem(
  keys: { readonly pk: string; readonly sk: string },
  deps: FanOut,
): Promise<void> {
  const key = parseRecordPath(keys.pk);
  const version = parseVersionSortKey(keys.sk);
  if (key && version !== undefined) await fanOut({ ...key, version }, deps);
}
