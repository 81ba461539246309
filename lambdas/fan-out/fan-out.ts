import { type DeliveryId, deliveryIdOf } from '../core/ids.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { parseRecordPath, recordPath, type VersionRef } from '../core/record.ts';
import { isFailure, laterAfter, ServiceError } from '../core/service-error.ts';
import { parseVersionSortKey } from '../core/tables.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell } from '../ports/doorbell.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';
import type { FanOutMetric } from './contract.ts';
import { chooseRecipients, type Recipient } from './recipients.ts';

export interface FanOutDeps {
  /** May be memoized for one batch. */
  readonly endpoints: EndpointStore['all'];
  readonly records: Pick<
    RecordStore,
    'announced' | 'version' | 'redactBefore' | 'markFannedOut' | 'postponeFanOut' | 'setAside'
  >;
  readonly deliveries: Pick<DeliveryStore, 'add'>;
  readonly doorbell: DeliveryDoorbell;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<FanOutMetric>;
}

/** How long a version stays in the outbox if a row of another message has its delivery's id. */
const conflictRetryMs = 10 * 60_000;

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
 * Fans a version out. If its item, or an earlier one that has to be redacted, was edited by hand
 * and is invalid, the version is set aside in the outbox: an operator repairs the item.
 * @throws ServiceError `store.unavailable`, `queue.unavailable`, `delivery.conflict` (later).
 */
export async function fanOut(ref: VersionRef, deps: FanOutDeps): Promise<void> {
  try {
    await fanOutReadable(ref, deps);
  } catch (error) {
    if (!isFailure(error, 'record.unreadable')) throw error;
    const { records, clock, log, metrics } = deps;
    if ((await records.setAside(ref, instantOf(clock.nowMs()))) === 'already') return;
    const { item, problems } = error.details;
    metrics.count('RowsUnreadable');
    log.warn('row.excluded', { record: recordPath(ref), version: ref.version, item, problems });
  }
}

/**
 * Adds a delivery of a version for every interested endpoint, rings the doorbell for each, redacts
 * the earlier versions if this one is redacted, and takes the version out of the outbox. Ids are
 * derived and the outbox comes last: after a crash anywhere, a repetition adds nothing twice.
 */
async function fanOutReadable(ref: VersionRef, deps: FanOutDeps): Promise<void> {
  const { records, doorbell, clock, log, metrics } = deps;
  const announced = await records.announced(ref);
  // The version does not exist, or was deleted.
  if (!announced) return;
  const { correlationId, messageId } = announced;
  const now = instantOf(clock.nowMs());
  const recipients = await chooseRecipients(ref, announced, await deps.endpoints(), now, deps);
  const added = await Promise.all(
    recipients.map((recipient) => addDelivery(ref, announced, recipient, now, deps)),
  );
  // Existing deliveries too: after a crash, their doorbell messages may not have been sent.
  const pending = added.filter(({ status, outcome }) => status === 'pending' && outcome !== 'conflict');
  await Promise.all(
    pending.map(({ id, endpointId, wanted }) =>
      doorbell.ring([id], 0, { endpointId, correlationId, wanted }),
    ),
  );
  // Deliveries of the earlier versions that are still pending are then sent redacted, with the same
  // webhook-id.
  if (announced.redacted) metrics.count('VersionsRedacted', await records.redactBefore(ref));
  const conflicting = added.filter(({ outcome }) => outcome === 'conflict').map(({ id }) => id);
  if (conflicting.length > 0) await reportConflict(ref, announced, conflicting, deps);
  await records.markFannedOut(ref);
  metrics.count('VersionsFannedOut');
  metrics.count('DeliveriesAdded', added.filter(({ outcome }) => outcome === 'added').length);
  log.info('version.fanned-out', {
    correlationId,
    record: recordPath(ref),
    version: ref.version,
    messageId,
    endpoints: recipients.filter(({ wanted }) => wanted !== false).length,
  });
}

async function addDelivery(
  version: VersionRef,
  { correlationId, messageId, previousMessageId }: AnnouncedVersion,
  { endpointId, status, wanted }: Recipient,
  now: Instant,
  { deliveries }: FanOutDeps,
) {
  const id = deliveryIdOf(messageId, endpointId);
  const delivery = { id, messageId, previousMessageId, endpointId, version, correlationId, wanted };
  return { ...delivery, status, outcome: await deliveries.add(delivery, now, status) };
}

/**
 * A row with the id of a new delivery is of another message: the version would never be sent. It
 * stays in the outbox until the row is removed.
 * @throws ServiceError `delivery.conflict` (later), always.
 */
async function reportConflict(
  ref: VersionRef,
  { correlationId, messageId }: AnnouncedVersion,
  deliveryIds: readonly DeliveryId[],
  { records, clock, log, metrics }: FanOutDeps,
): Promise<never> {
  const { version } = ref;
  metrics.count('RowsUnreadable', deliveryIds.length);
  log.error('delivery.mismatched', {
    correlationId,
    messageId,
    deliveryIds,
    record: recordPath(ref),
    version,
  });
  await records.postponeFanOut(ref, instantOf(clock.nowMs() + conflictRetryMs));
  const retry = laterAfter(conflictRetryMs);
  throw new ServiceError('delivery.conflict', { deliveryIds }, { retry });
}
