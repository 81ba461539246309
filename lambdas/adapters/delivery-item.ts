import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { attemptOutcomes, type Delivery, type DeliveryEntry, deliveryStatuses } from '../core/delivery.ts';
import {
  type DeliveryId,
  type EndpointId,
  isDeliveryId,
  isEndpointId,
  isMessageId,
  type MessageId,
} from '../core/ids.ts';
import { epochMsOf, type Instant, parseInstant } from '../core/instant.ts';
import { parseRecordPath, recordPath } from '../core/record.ts';
import { type ItemKey, webhookTable } from '../core/tables.ts';
import { instant } from '../core/value-schema.ts';
import type { ClaimedDelivery, DueDelivery } from '../ports/delivery-store.ts';
import { toAttributes } from './dynamodb-attributes.ts';

/**
 * How long a delivery is kept after its last change. Much longer than any wait between two
 * attempts.
 */
const keptMs = 30 * 24 * 60 * 60 * 1_000;

/** An update without its table and key. */
export type Expressions = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

export function deliveryKey(id: DeliveryId): ItemKey {
  return { pk: `delivery#${id}`, sk: 'delivery' };
}

/** Reads a key of the index by due time. Returns an empty list if it is no key of a delivery. */
export function dueDeliveryFrom(
  partitionKey: string | undefined,
  sortKey: string | undefined,
): DueDelivery[] {
  const id = partitionKey?.replace(/^delivery#/, '');
  const dueAt = parseInstant(sortKey);
  return isDeliveryId(id) ? [{ id, dueAt }] : [];
}

export function expirySecondsFrom(now: Instant): number {
  return Math.ceil((epochMsOf(now) + keptMs) / 1_000);
}

/** Attributes that never change. */
export function deliveryAttributes(delivery: Delivery) {
  const { id, messageId, previousMessageId, endpointId, version, correlationId, wanted } = delivery;
  return {
    id,
    messageId,
    endpointId,
    record: recordPath(version),
    version: version.version,
    // If unknown, they are left out, so that an update keeps the stored ones.
    ...(previousMessageId !== undefined && { previousMessageId }),
    ...(correlationId !== undefined && { correlationId }),
    wanted,
  };
}

/** Item of a new delivery. It is in the index by due time while, and only while, it is pending. */
export function newItem(delivery: Delivery, now: Instant, status: 'pending' | 'held') {
  return {
    ...deliveryKey(delivery.id),
    ...deliveryAttributes(delivery),
    status,
    attemptNumber: 0,
    attempts: [],
    createdAt: now,
    ...(status === 'pending' && { due: 'pending', dueAt: now }),
    [webhookTable.timeToLive]: expirySecondsFrom(now),
  };
}

/** Makes a held delivery pending, with a new retry schedule. */
export function releaseExpressions(now: Instant): Expressions {
  return {
    UpdateExpression:
      'SET #status = :pending, due = :pending, dueAt = :now, attemptNumber = :zero, #expiry = :expiry',
    ConditionExpression: '#status = :held',
    ExpressionAttributeNames: { '#status': 'status', '#expiry': webhookTable.timeToLive },
    ExpressionAttributeValues: toAttributes({
      ':pending': 'pending',
      ':held': 'held',
      ':now': now,
      ':zero': 0,
      ':expiry': expirySecondsFrom(now),
    }),
  };
}

const identity = {
  id: v.custom<DeliveryId>(isDeliveryId),
  messageId: v.custom<MessageId>(isMessageId),
  endpointId: v.custom<EndpointId>(isEndpointId),
  record: v.string(),
  version: v.number(),
  previousMessageId: v.optional(v.custom<MessageId>(isMessageId)),
  correlationId: v.optional(v.string()),
  // Missing in rows of earlier releases, which wrote wanted deliveries only.
  wanted: v.optional(v.boolean(), true),
  attemptNumber: v.number(),
};

const claimedItem = v.object({ ...identity, replayId: v.optional(v.string()) });

export const stateItem = v.object({
  endpointId: identity.endpointId,
  wanted: identity.wanted,
  status: v.picklist(deliveryStatuses),
  dueAt: v.optional(instant),
});

const attempt = v.object({
  number: v.number(),
  startedAt: instant,
  durationMs: v.number(),
  outcome: v.picklist(attemptOutcomes),
  status: v.optional(v.number()),
  answer: v.optional(v.string()),
  reason: v.optional(v.string()),
});

const entryItem = v.object({
  ...identity,
  status: v.picklist(deliveryStatuses),
  createdAt: instant,
  dueAt: v.optional(instant),
  reason: v.optional(v.string()),
  attempts: v.optional(v.array(attempt)),
});

export function parseClaimed(item: unknown): ClaimedDelivery {
  const { replayId, ...claimed } = v.parse(claimedItem, item);
  return { ...withVersion(claimed), replayed: replayId !== undefined };
}

/** Parses an item of the table or of the index by endpoint. The index has no attempts. */
export function parseEntry(item: unknown): DeliveryEntry {
  return withVersion(v.parse(entryItem, item));
}

function withVersion<Item extends { readonly id: string; readonly record: string; readonly version: number }>(
  item: Item,
) {
  const { record, version, ...rest } = item;
  const key = parseRecordPath(record);
  if (!key) throw new TypeError(`the record of delivery ${item.id} is not a valid path`);
  return { ...rest, version: { ...key, version } };
}
