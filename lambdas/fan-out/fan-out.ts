import { type Instant, instantOf } from '../core/instant.ts';
import { type IntentRef, isIntentRef } from '../core/intent.ts';
import { parseRecordPath, recordPath, type VersionRef } from '../core/record.ts';
import { isFailure } from '../core/service-error.ts';
import { parseCurrentItemName, parseVersionSortKey } from '../core/tables.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell } from '../ports/doorbell.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';
import { setRecordAside } from '../records/set-record-aside.ts';
import type { FanOutMetric } from './contract.ts';
import { deliveryTo, firstDoorbells, intentOfDirect } from './first-doorbells.ts';
import { leaveOutbox, repairWaitMs } from './leave-outbox.ts';
import { chooseRecipients, type Recipient } from './recipients.ts';
import { reportConflict } from './report-conflict.ts';
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
      await records.postponeFanOut(ref, instantOf(clock.nowMs() + repairWaitMs(deps)));
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
 *
 * Deliveries that nothing keeps waiting get no row here: `deliver` adds it with the first attempt,
 * and deletes the intent. If the intent falls due before, this adds what is missing.
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
  const intent = intentOfDirect(ref, announced, now);
  const direct = intent ? recipients.filter(({ isDirect }) => isDirect) : [];
  const added = await Promise.all(
    recipients
      .filter((recipient) => !direct.includes(recipient))
      .map((recipient) => addDelivery(ref, announced, recipient, now, deps)),
  );
  // Existing deliveries too: after a crash, their doorbell messages may not have been sent.
  const pending = added.filter(
    ({ status, outcome }) => status === 'pending' && (outcome === 'added' || outcome === 'exists'),
  );
  const underWay = added.filter(({ outcome }) => outcome === 'attempted').map(({ id }) => id);
  const firsts = intent ? firstDoorbells(ref, announced, direct, intent, underWay) : [];
  await Promise.all([
    ...pending.map(({ id, endpointId, wanted }) =>
      doorbell.ring([id], 0, { endpointId, correlationId, wanted }),
    ),
    ...firsts.map((first) => {
      const { id, endpointId } = first.delivery;
      return doorbell.ring([id], 0, { endpointId, correlationId, first });
    }),
  ]);
  // Deliveries of the earlier versions that are still pending are then sent redacted, with the same
  // webhook-id.
  if (announced.redacted) metrics.count('VersionsRedacted', await records.redactBefore(ref));
  const conflicting = added.filter(({ outcome }) => outcome === 'conflict').map(({ id }) => id);
  if (conflicting.length > 0) await reportConflict(ref, announced, conflicting, deps);
  if (firsts.length === 0 && underWay.length === 0) await leaveOutbox(ref, announced, records);
  metrics.count('VersionsFannedOut');
  const begun = added.filter(({ outcome }) => outcome === 'added').length + firsts.length;
  metrics.count('DeliveriesAdded', begun);
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
  announced: AnnouncedVersion,
  recipient: Recipient,
  now: Instant,
  { deliveries }: FanOutDeps,
) {
  const delivery = deliveryTo(recipient, ref, announced);
  const { status } = recipient;
  return { ...delivery, status, outcome: await deliveries.add(delivery, now, status) };
}
