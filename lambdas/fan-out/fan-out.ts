import { type Endpoint, isInterested } from '../core/endpoint.ts';
import { deliveryIdOf, messageIdOf } from '../core/ids.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { parseRecordPath, recordPath, type VersionRef } from '../core/record.ts';
import { laterAfter, ServiceError } from '../core/service-error.ts';
import { parseVersionSortKey } from '../core/tables.ts';
import { isWanted } from '../core/wanted.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell } from '../ports/doorbell.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';
import type { FanOutMetric } from './contract.ts';

export interface FanOutDeps {
  /** May be memoized for one batch. */
  readonly endpoints: EndpointStore['all'];
  readonly records: Pick<
    RecordStore,
    'announced' | 'version' | 'redactBefore' | 'markFannedOut' | 'postponeFanOut'
  >;
  readonly deliveries: Pick<DeliveryStore, 'add'>;
  readonly doorbell: DeliveryDoorbell;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<FanOutMetric>;
}

/** How long a version stays in the outbox if the item of an endpoint cannot be read. */
const unreadableRetryMs = 10 * 60_000;

/** Fans out the version whose item was inserted. The stream is filtered to such items. */
export async function fanOutVersionItem(
  keys: { readonly pk: string; readonly sk: string },
  deps: FanOutDeps,
): Promise<void> {
  const key = parseRecordPath(keys.pk);
  const version = parseVersionSortKey(keys.sk);
  if (key && version !== undefined) await fanOut({ ...key, version }, deps);
}

/**
 * Adds a delivery of a version for every interested endpoint, rings the doorbell for each, redacts
 * the earlier versions if this one is redacted, and takes the version out of the outbox. Ids are
 * derived and the outbox comes last: after a crash anywhere, a repetition adds nothing twice.
 * @throws ServiceError `store.unavailable`, `queue.unavailable`, `endpoint.unreadable` (later).
 */
export async function fanOut(ref: VersionRef, deps: FanOutDeps): Promise<void> {
  const { records, doorbell, clock, log, metrics } = deps;
  const announced = await records.announced(ref);
  // The version does not exist, or was deleted.
  if (!announced) return;
  const { correlationId } = announced;
  const now = instantOf(clock.nowMs());
  const { endpoints, unreadable } = await deps.endpoints();
  const recipients = await chooseRecipients(ref, announced, endpoints, now, deps);
  const added = await Promise.all(
    recipients.map((recipient) => addDelivery(ref, announced, recipient, now, deps)),
  );
  // Existing deliveries too: after a crash, their doorbell messages may not have been sent.
  const pending = added.filter(({ status }) => status === 'pending');
  await Promise.all(
    pending.map(({ id, endpointId, wanted }) =>
      doorbell.ring([id], 0, { endpointId, correlationId, wanted }),
    ),
  );
  // Deliveries of the earlier versions that are still pending are then sent redacted, with the same
  // webhook-id.
  if (announced.redacted) metrics.count('VersionsRedacted', await records.redactBefore(ref));
  if (unreadable.length > 0) {
    // An unreadable endpoint may be interested too: the version stays in the outbox, due later.
    await records.postponeFanOut(ref, instantOf(clock.nowMs() + unreadableRetryMs));
    const retry = laterAfter(unreadableRetryMs);
    throw new ServiceError('endpoint.unreadable', { endpointIds: unreadable }, { retry });
  }
  await records.markFannedOut(ref);
  metrics.count('VersionsFannedOut');
  metrics.count('DeliveriesAdded', added.filter(({ isNew }) => isNew).length);
  log.info('version.fanned-out', {
    correlationId,
    record: recordPath(ref),
    version: ref.version,
    messageId: messageIdOf(ref),
    endpoints: recipients.filter(({ wanted }) => wanted).length,
  });
}

interface Recipient {
  readonly endpoint: Endpoint;
  /** See `Delivery`. */
  readonly wanted: boolean;
}

/**
 * Chooses the endpoints that get a delivery: those that want the version, and those that ask for
 * order, because the next version looks for the delivery of this one.
 */
async function chooseRecipients(
  ref: VersionRef,
  announced: AnnouncedVersion,
  endpoints: readonly Endpoint[],
  now: Instant,
  { records }: FanOutDeps,
): Promise<readonly Recipient[]> {
  const interested = new Set(endpoints.filter((endpoint) => isInterested(endpoint, announced)));
  // Only filters need the content.
  const hasFilter = [...interested].some(({ filter }) => filter !== undefined);
  const version = hasFilter ? await records.version(ref) : undefined;
  return endpoints
    .filter(({ destination }) => destination.kind !== 'listener' || destination.expiresAt > now)
    .map((endpoint) => ({
      endpoint,
      wanted:
        interested.has(endpoint) &&
        (endpoint.filter === undefined || (version !== undefined && isWanted(endpoint, version))),
    }))
    .filter(({ endpoint, wanted }) => wanted || endpoint.ordering === 'per-record');
}

async function addDelivery(
  version: VersionRef,
  { correlationId }: AnnouncedVersion,
  { endpoint: { id: endpointId, destination }, wanted }: Recipient,
  now: Instant,
  { deliveries }: FanOutDeps,
) {
  const messageId = messageIdOf(version);
  const id = deliveryIdOf(messageId, endpointId);
  const delivery = { id, messageId, endpointId, version, correlationId, wanted };
  const status = destination.kind === 'listener' ? 'held' : 'pending';
  const isNew = (await deliveries.add(delivery, now, status)) === 'added';
  return { ...delivery, status, isNew };
}
