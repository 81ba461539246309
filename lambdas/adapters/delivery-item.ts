import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import {
  attemptOutcomes,
  type Delivery,
  type DeliveryEntry,
  deliveryStatuses,
  type UnreadableEntry,
} from '../core/delivery.ts';
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
import { type ItemKey, itemFormat, webhookTable } from '../core/tables.ts';
import { problemsOf } from '../core/unreadable.ts';
import { instant, wholeNumber } from '../core/value-schema.ts';
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
  const id = deliveryIdIn(partitionKey);
  return id ? [{ id, dueAt: parseInstant(sortKey) }] : [];
}

export function expirySecondsFrom(now: Instant): number {
  return Math.ceil((epochMsOf(now) + keptMs) / 1_000);
}

/** Attributes that never change. */
export function deliveryAttributes(delivery: Delivery) {
  const { id, messageId, previousMessageId, endpointId, version, correlationId, wanted } = delivery;
  return {
    format: itemFormat,
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

/**
 * Item of a new delivery. It is in the index by due time while, and only while, it is pending and
 * its first attempt is over or was not claimed before it was added.
 */
export function newItem(delivery: Delivery, now: Instant, status: 'pending' | 'held', dueAt: Instant) {
  return {
    ...deliveryKey(delivery.id),
    ...deliveryAttributes(delivery),
    status,
    attemptNumber: 0,
    attempts: [],
    createdAt: now,
    ...(status === 'pending' && { due: 'pending', dueAt }),
    [webhookTable.timeToLive]: expirySecondsFrom(now),
  };
}

/** The claim of a first attempt, and when its lease begins and ends. */
export interface FirstClaim {
  readonly id: string;
  readonly at: Instant;
  readonly until: Instant;
}

/**
 * Item of a delivery that is added with its first attempt. Without `due` and `createdAt` it is in
 * no index. The attempt is spent, so that a message that ends every worker has an end.
 */
export function firstAttemptItem(delivery: Delivery, firstAttempt: FirstClaim) {
  return {
    ...deliveryKey(delivery.id),
    ...deliveryAttributes(delivery),
    status: 'pending',
    attemptNumber: 1,
    attempts: [],
    firstAttempt,
    [webhookTable.timeToLive]: expirySecondsFrom(firstAttempt.at),
  };
}

const firstClaim = v.object({ id: v.string(), at: instant, until: instant });

/** Returns undefined if the row is not in its first attempt. */
export function firstClaimIn(item: Readonly<Record<string, unknown>>): FirstClaim | undefined {
  const parsed = v.safeParse(firstClaim, item['firstAttempt']);
  return parsed.success ? parsed.output : undefined;
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

const text = v.string('a text');
const isRecord = (value: unknown): value is string =>
  typeof value === 'string' && parseRecordPath(value) !== undefined;
const anId = 'msg_ and 32 hexadecimal digits';

/** The largest number of attempts that a row may count. */
export const mostAttemptsCounted = 1_000_000;

const identity = {
  id: v.custom<DeliveryId>(isDeliveryId, 'dlv_ and 32 hexadecimal digits'),
  messageId: v.custom<MessageId>(isMessageId, anId),
  endpointId: v.custom<EndpointId>(isEndpointId, 'ep_ and 1 to 64 letters or digits'),
  record: v.custom<string>(isRecord, '<catalog>/<kind>/<id>'),
  version: wholeNumber(1, Number.MAX_SAFE_INTEGER).schema,
  previousMessageId: v.optional(v.custom<MessageId>(isMessageId, anId)),
  correlationId: v.optional(text),
  // Missing if the endpoint was unreadable at fan-out.
  wanted: v.optional(v.boolean('true or false')),
  attemptNumber: wholeNumber(0, mostAttemptsCounted).schema,
};

const claimedItem = v.object({ ...identity, replayId: v.optional(text), attempts: v.optional(v.unknown()) });

const startOfAttempt = v.object({ startedAt: instant });

/** Start of the last attempt in the row. Ignores what is not an attempt. */
function lastAttemptIn(attempts: unknown): Instant | undefined {
  const last = v.safeParse(startOfAttempt, Array.isArray(attempts) ? attempts.at(-1) : undefined);
  return last.success ? last.output.startedAt : undefined;
}

/** What a worker needs of a due row, also those attributes that it only writes to. */
const dueItem = {
  ...claimedItem.entries,
  status: v.literal('pending', 'pending, while the delivery is due'),
  attempts: v.array(v.unknown(), 'a list'),
};

/** Returns what is invalid in a row that is in the index by due time. */
export function problemsOfDue(id: DeliveryId, item: Readonly<Record<string, unknown>>): readonly string[] {
  const problems = problemsOf(dueItem, item);
  const isOfKey = item['id'] === id || problems.length > 0;
  return isOfKey ? problems : ['id: another id; allowed: the id in the key'];
}

export const stateItem = v.object({
  messageId: v.fallback(v.optional(text), undefined),
  endpointId: identity.endpointId,
  wanted: identity.wanted,
  status: v.picklist(deliveryStatuses),
  dueAt: v.optional(instant),
  due: v.optional(v.unknown()),
  firstAttempt: v.optional(v.unknown()),
});

const status = v.picklist(deliveryStatuses, `one of ${deliveryStatuses.join(', ')}`);

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
  status,
  createdAt: instant,
  dueAt: v.optional(instant),
  reason: v.optional(text),
  replayId: v.optional(text),
  attempts: v.optional(v.array(attempt, 'a list')),
});

/** What an erasure searches in a row. */
export const searchedAttributes = v.pick(entryItem, ['record', 'version', 'attempts']).entries;

export function parseClaimed(item: unknown): ClaimedDelivery {
  const { replayId, attempts, ...claimed } = v.parse(claimedItem, item);
  const lastAttemptAt = claimed.attemptNumber > 1 ? lastAttemptIn(attempts) : undefined;
  return {
    ...withVersion(claimed),
    ...(lastAttemptAt && { lastAttemptAt }),
    replayed: replayId !== undefined,
  };
}

/** Parses an item of the table or of the index by endpoint. The index has no attempts. */
export function parseEntry(
  id: DeliveryId,
  item: Readonly<Record<string, unknown>>,
): DeliveryEntry | UnreadableEntry {
  const unreadable = problemsOfEntry(item);
  if (unreadable.length === 0) return withVersion(v.parse(entryItem, withTimes(item)));
  return { id, endpointId: String(item['endpointId']), createdAt: String(item['createdAt']), unreadable };
}

/** Returns what is invalid in a row of any status. */
export function problemsOfEntry(item: Readonly<Record<string, unknown>>): readonly string[] {
  return problemsOf(entryItem.entries, withTimes(item));
}

/** During the first attempt, the times of a row are those of its claim. */
function withTimes(item: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const claim = firstClaimIn(item);
  return claim ? { createdAt: claim.at, dueAt: claim.until, ...item } : item;
}

export function deliveryIdIn(partitionKey: unknown): DeliveryId | undefined {
  const id = typeof partitionKey === 'string' ? partitionKey.replace(/^delivery#/, '') : undefined;
  return isDeliveryId(id) ? id : undefined;
}

function withVersion<Item extends { readonly id: string; readonly record: string; readonly version: number }>(
  item: Item,
) {
  const { record, version, ...rest } = item;
  const key = parseRecordPath(record);
  if (!key) throw new TypeError(`the record of delivery ${item.id} is not a valid path`);
  return { ...rest, version: { ...key, version } };
}
