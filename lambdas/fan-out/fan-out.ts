import { type DeliveryId, deliveryIdOf } from '../core/ids.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { type IntentRef, isIntentRef } from '../core/intent.ts';
import { parseRecordPath, recordPath, type VersionRef } from '../core/record.ts';
import { isFailure, laterAfter, ServiceError } from '../core/service-error.ts';
import { parseCurrentItemName, parseVersionSortKey } from '../core/tables.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell } from '../ports/doorbell.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';
import { setRecordAside } from '../records/set-record-aside.ts';
import type { FanOutMetric } from './contract.ts';
import { leaveOutbox, postponeFanOut, versionRefOf } from './leave-outbox.ts';
import { chooseRecipients, type Recipient } from './recipients.ts';
import { type SettleIntentDeps, settleIntent } from './settle-intent.ts';

export interface FanOutDeps extends SettleIntentDeps {
  /** May be memoized for one batch. */
  readonly endpoints: EndpointStore['all'];
  readonly records: Pick<
    RecordStore,
    'announced' | 'redactBefore' | 'removeIntent' | 'markFannedOut' | 'postponeFanOut' | 'setAside'
  > &
    SettleIntentDeps['records'];
  readonly deliveries: Pick<DeliveryStore, 'add'>;
  readonly doorbell: DeliveryDoorbell;
  readonly metrics: Metrics<FanOutMetric>;
}

/** How long a version waits in the outbox that a row which was edited by hand holds up. */
const retryMs = 10 * 60_000;

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
 * @param ref an intent if `sweep` signals it
 * @throws ServiceError `store.unavailable`, `queue.unavailable`, `delivery.conflict` (later).
 */
export async function fanOut(ref: VersionRef | IntentRef, deps: FanOutDeps): Promise<void> {
  try {
    const announced = await settleIntent(ref, deps);
    if (announced) await fanOutAnnounced(ref, announced, deps);
  } catch (error) {
    if (!isFailure(error, 'record.unreadable')) throw error;
    const { records, clock, log, metrics } = deps;
    if (isIntentRef(ref) && parseCurrentItemName(error.details.item)) {
      // The version is not stored yet: it is finished when the current item is repaired.
      await setRecordAside(error, deps);
      await records.postponeFanOut(ref, instantOf(clock.nowMs() + retryMs));
      return;
    }
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
async function fanOutAnnounced(
  ref: VersionRef | IntentRef,
  announced: AnnouncedVersion,
  deps: FanOutDeps,
): Promise<void> {
  const { records, doorbell, clock, log, metrics } = deps;
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
  await leaveOutbox(ref, announced, records);
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
  ref: VersionRef,
  { correlationId, messageId, previousMessageId }: AnnouncedVersion,
  { endpointId, status, wanted }: Recipient,
  now: Instant,
  { deliveries }: FanOutDeps,
) {
  const id = deliveryIdOf(messageId, endpointId);
  const version = versionRefOf(ref);
  const delivery = { id, messageId, previousMessageId, endpointId, version, correlationId, wanted };
  return { ...delivery, status, outcome: await deliveries.add(delivery, now, status) };
}

/**
 * A row with the id of a new delivery is of another message: the version would never be sent. It
 * stays in the outbox until the row is removed.
 * @throws ServiceError `delivery.conflict` (later), always.
 */
async function reportConflict(
  ref: VersionRef | IntentRef,
  announced: AnnouncedVersion,
  deliveryIds: readonly DeliveryId[],
  { records, clock, log, metrics }: FanOutDeps,
): Promise<never> {
  const { version } = ref;
  const { correlationId, messageId } = announced;
  metrics.count('RowsUnreadable', deliveryIds.length);
  log.error('delivery.mismatched', {
    correlationId,
    messageId,
    deliveryIds,
    record: recordPath(ref),
    version,
  });
  const dueAt = instantOf(clock.nowMs() + retryMs);
  await postponeFanOut(ref, announced, dueAt, records);
  const retry = laterAfter(retryMs);
  throw new ServiceError('delivery.conflict', { deliveryIds }, { retry });
}
