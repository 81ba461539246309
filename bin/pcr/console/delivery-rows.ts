import type { DeliveryStatus, ListedDelivery } from '../../../lambdas/core/delivery.ts';
import type { DeliveryId, EndpointId } from '../../../lambdas/core/ids.ts';
import { recordPath } from '../../../lambdas/core/record.ts';
import { findDeliveries, findDeliveriesById, statusOf } from '../deliveries/find-deliveries.ts';
import { messageNow } from '../deliveries/message-now.ts';
import { firstOf } from '../first-of.ts';
import type { Relay } from '../relay.ts';
import type { DeliveriesView, DeliveryRow, DeliveryView } from './api.ts';
import { plainJson } from './plain-json.ts';

export interface DeliveryCriteria {
  readonly endpointId?: EndpointId | undefined;
  readonly statuses?: readonly DeliveryStatus[] | undefined;
  readonly limit: number;
}

/** Lists deliveries, newest first. */
export async function viewDeliveries(
  { limit, ...selection }: DeliveryCriteria,
  relay: Relay,
): Promise<DeliveriesView> {
  const { found, hasMore } = await firstOf(findDeliveries(selection, relay), limit);
  return { rows: found.map(deliveryRowOf), hasMore };
}

/** @throws UsageError if it does not exist */
export async function viewDelivery(id: DeliveryId, relay: Relay): Promise<DeliveryView> {
  const [entry] = await findDeliveriesById([id], relay);
  if (!entry) throw new TypeError('a delivery that was found');
  const row = deliveryRowOf(entry);
  if ('unreadable' in entry) return { ...row, attemptsMade: [] };
  const { body, bodyMissing } = await messageNow(entry, relay);
  return {
    ...row,
    attemptsMade: entry.attempts ?? [],
    body: body === undefined ? undefined : plainJson(body),
    bodyMissing,
  };
}

export function deliveryRowOf(entry: ListedDelivery): DeliveryRow {
  const { id, endpointId, createdAt } = entry;
  const row = { id, endpointId, status: statusOf(entry), createdAt };
  if ('unreadable' in entry) return { ...row, reason: entry.unreadable.join('; ') };
  const { version, attemptNumber, dueAt, reason } = entry;
  return {
    ...row,
    record: recordPath(version),
    version: version.version,
    attempts: attemptNumber,
    dueAt,
    reason,
  };
}
