import type { Delivery } from '../core/delivery.ts';
import type { FirstDoorbell } from '../core/doorbell-body.ts';
import { type DeliveryId, deliveryIdOf } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';
import { type IntentRef, isIntentRef } from '../core/intent.ts';
import type { VersionRef } from '../core/record.ts';
import type { AnnouncedVersion } from '../ports/record-store.ts';
import { versionRefOf } from './leave-outbox.ts';
import type { Recipient } from './recipients.ts';

/**
 * Returns the intent if first attempts may be made without rows: it is not due, so it stays until
 * they have ended. A redacted version redacts others before its intent is deleted.
 */
export function intentOfDirect(
  ref: VersionRef | IntentRef,
  { messageId, intentDueAt, redacted, isMarked }: AnnouncedVersion,
  now: Instant,
): IntentRef | undefined {
  if (isIntentRef(ref) || redacted || isMarked || !intentDueAt || intentDueAt <= now) return undefined;
  return { ...versionRefOf(ref), messageId, dueAt: intentDueAt };
}

/**
 * Returns the doorbell messages of deliveries that get their rows from `deliver`.
 * @param underWay deliveries in a first attempt that an earlier run gave no row: their endpoints
 * have been disabled since, for example. The intent must stay for them too.
 */
export function firstDoorbells(
  ref: VersionRef,
  announced: AnnouncedVersion,
  recipients: readonly Recipient[],
  intent: IntentRef,
  underWay: readonly DeliveryId[],
): readonly FirstDoorbell[] {
  const deliveries = recipients.map((recipient) => deliveryTo(recipient, ref, announced));
  return deliveries.map((delivery) => ({
    delivery,
    intent,
    others: [...deliveries.map(({ id }) => id), ...underWay].filter((id) => id !== delivery.id),
  }));
}

/** The delivery of a version to a recipient. */
export function deliveryTo(
  { endpointId, wanted }: Recipient,
  ref: VersionRef,
  { correlationId, messageId, previousMessageId }: AnnouncedVersion,
): Delivery {
  const id = deliveryIdOf(messageId, endpointId);
  return { id, messageId, previousMessageId, endpointId, version: versionRefOf(ref), correlationId, wanted };
}
