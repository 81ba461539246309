import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { maxClockSkewMs } from '../core/clock-skew.ts';
import { type Attempt, type Delivery, deliveryStatuses } from '../core/delivery.ts';
import type { DeliveryId } from '../core/ids.ts';
import { addMs, type Instant } from '../core/instant.ts';
import { longestLeaseMs } from '../core/retry-schedule.ts';
import { ServiceError } from '../core/service-error.ts';
import { webhookTable } from '../core/tables.ts';
import type { ClaimedDelivery, DeliveryStore, Settlement } from '../ports/delivery-store.ts';
import { storeCall } from './aws-failure.ts';
import {
  deliveryAttributes,
  deliveryKey,
  dueDeliveryFrom,
  type Expressions,
  expirySecondsFrom,
  firstAttemptItem,
  firstClaimIn,
  mostAttemptsCounted,
  newItem,
  parseClaimed,
  problemsOfDue,
  releaseExpressions,
  stateItem,
} from './delivery-item.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { type Projection, projectionLoader } from './dynamodb-item-loader.ts';

/**
 * Deliveries in the Webhooks table. A pending delivery is in the index by due time. A claim moves
 * its due time to the end of the lease.
 */
export function dynamodbDeliveryStore(client: DynamoDBClient, tableName: string): DeliveryStore {
  const update = (id: DeliveryId, expressions: Expressions) =>
    client.send(
      new UpdateItemCommand({ TableName: tableName, Key: toAttributes(deliveryKey(id)), ...expressions }),
    );
  const loadState = projectionLoader(client, tableName, stateMembers);
  return {
    add: (delivery, now, status = 'pending', dueAt = now) =>
      storeCall('add', async () => {
        const stored = await putUnlessThere(client, tableName, newItem(delivery, now, status, dueAt));
        if (!stored) return 'added';
        if (!isOfDelivery(stored, delivery)) return 'conflict';
        if (!isFirstAttempt(stored)) return 'exists';
        if (hasLease(stored, now)) return 'attempted';
        await tryConditionalWrite(() => update(delivery.id, expiredExpressions(stored, now, dueAt)));
        return 'exists';
      }),
    claimFirst: (delivery, claimId, now, leaseEndsAt) =>
      storeCall('claimFirst', async () => {
        const claim = { id: claimId, at: now, until: leaseEndsAt };
        const stored = await putUnlessThere(client, tableName, firstAttemptItem(delivery, claim));
        const isOwn =
          stored &&
          isOfDelivery(stored, delivery) &&
          isFirstAttempt(stored) &&
          firstClaimIn(stored)?.id === claimId;
        return !stored || isOwn
          ? { ...delivery, attemptNumber: 1, replayed: false, firstClaimedAt: now }
          : undefined;
      }),
    claim: (id, now, leaseEndsAt) =>
      storeCall('claim', async () => {
        const { isClaimed, item } = await tryClaim(() => update(id, claimExpressions(now, leaseEndsAt)));
        if (!item || (!isClaimed && !isDueItem(item, now))) return undefined;
        const problems = problemsOfDue(id, item);
        if (problems.length === 0) return isClaimed ? parseClaimed(item) : undefined;
        const isSetAside = await tryConditionalWrite(() =>
          update(id, setAsideExpressions(item['dueAt'], problems, now)),
        );
        if (isSetAside) throw new ServiceError('delivery.unreadable', { deliveryId: id, problems });
        return undefined;
      }),
    settle: (claimed, attempt, settlement) =>
      storeCall('settle', async () =>
        (await tryConditionalWrite(() => update(claimed.id, settleExpressions(claimed, attempt, settlement))))
          ? 'settled'
          : 'superseded',
      ),
    state: (id) =>
      storeCall('state', async () => {
        const item = await loadState(deliveryKey(id));
        const parsed = v.safeParse(stateItem, item && fromAttributes(item));
        if (!parsed.success) return undefined;
        const { due: _due, firstAttempt: _claim, ...state } = parsed.output;
        if (!isFirstAttempt(parsed.output)) return state;
        return { ...state, dueAt: firstClaimIn(parsed.output)?.until, isFirstAttempt: true };
      }),
    postpone: (id, now, dueAt) =>
      storeCall('postpone', async () =>
        (await tryConditionalWrite(() => update(id, postponeExpressions(now, dueAt))))
          ? 'postponed'
          : 'unchanged',
      ),
    wake: (id, now) =>
      storeCall('wake', async () =>
        (await tryConditionalWrite(() => update(id, wakeExpressions(now)))) ? 'woken' : 'unchanged',
      ),
    release: (id, now) =>
      storeCall('release', async () =>
        (await tryConditionalWrite(() => update(id, releaseExpressions(now)))) ? 'released' : 'unchanged',
      ),
    revive: (id, now) =>
      storeCall('revive', async () => {
        await tryConditionalWrite(() => update(id, reviveExpressions(now)));
      }),
    due: (now, limit) =>
      storeCall('due', async () => {
        const input = {
          TableName: tableName,
          IndexName: webhookTable.indexes.due.name,
          KeyConditionExpression: 'due = :pending AND dueAt <= :now',
          ExpressionAttributeValues: toAttributes({ ':pending': 'pending', ':now': now }),
          Limit: limit,
        };
        const { Items = [] } = await client.send(new QueryCommand(input));
        return Items.flatMap(({ pk, dueAt }) => dueDeliveryFrom(pk?.S, dueAt?.S));
      }),
  };
}

/** Without the attempts. */
const stateMembers: Projection = {
  ProjectionExpression: 'pk, sk, messageId, endpointId, #status, wanted, due, dueAt, firstAttempt',
  ExpressionAttributeNames: { '#status': 'status' },
};

type Item = Readonly<Record<string, unknown>>;

/** Returns the stored item if there is one; then nothing is written. */
async function putUnlessThere(
  client: DynamoDBClient,
  TableName: string,
  item: Record<string, unknown>,
): Promise<Item | undefined> {
  const put = new PutItemCommand({
    TableName,
    Item: toAttributes(item),
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await client.send(put);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return fromAttributes(error.Item ?? {});
  }
}

/**
 * Whether a row is in its first attempt. Every other pending row is in the index by due time. A
 * status that was edited by hand counts as pending: the next claim sets the row aside.
 */
function isFirstAttempt({ due, status }: Item): boolean {
  const isEnded = deliveryStatuses.some((known) => known === status && known !== 'pending');
  return due === undefined && !isEnded;
}

/** Whether the lease of a first attempt has not ended. A later end than possible was edited. */
function hasLease(item: Item, now: Instant): boolean {
  const until = firstClaimIn(item)?.until;
  return until !== undefined && until > now && until <= addMs(now, longestLeaseMs + maxClockSkewMs);
}

/** Makes a first attempt whose lease has ended due, if it is still the one that was seen. */
function expiredExpressions({ firstAttempt }: Item, now: Instant, dueAt: Instant): Expressions {
  const isSeen = firstAttempt === undefined ? 'attribute_not_exists(firstAttempt)' : 'firstAttempt = :seen';
  return {
    UpdateExpression: 'SET due = :pending, dueAt = :dueAt, createdAt = :now REMOVE firstAttempt',
    ConditionExpression: all('attribute_not_exists(due)', isSeen),
    ExpressionAttributeValues: toAttributes({
      ':pending': 'pending',
      ':now': now,
      ':dueAt': dueAt,
      ':seen': firstAttempt,
    }),
  };
}

/** Whether a stored row is of the same message to the same endpoint. */
function isOfDelivery(item: Item, delivery: Delivery): boolean {
  const { messageId, endpointId, record, version } = deliveryAttributes(delivery);
  return Object.entries({ messageId, endpointId, record, version }).every(
    ([name, value]) => item[name] === value,
  );
}

/** @returns the claimed item; if the claim failed, the item as it is, if there is one. */
async function tryClaim(
  claim: () => Promise<UpdateItemCommandOutput>,
): Promise<{ readonly isClaimed: boolean; readonly item: Item | undefined }> {
  try {
    const { Attributes = {} } = await claim();
    return { isClaimed: true, item: fromAttributes(Attributes) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { isClaimed: false, item: error.Item && fromAttributes(error.Item) };
  }
}

/** Whether the index by due time holds the item among those that are due. */
function isDueItem({ due, dueAt }: Item, now: Instant): boolean {
  return due === 'pending' && typeof dueAt === 'string' && dueAt <= now;
}

const isPending = '#status = :pending';
const isDue = 'dueAt <= :now';
/** Otherwise DynamoDB refuses the updates of a claim and of its settlement. */
const hasAttempts =
  'attribute_type(attempts, :list) AND attribute_type(attemptNumber, :number) AND attemptNumber BETWEEN :zero AND :most';
const isOfThisClaim = 'attemptNumber = :attemptNumber';
const waits = 'attribute_exists(waitsFor)';

function all(...conditions: readonly string[]): string {
  return conditions.join(' AND ');
}

/** The attempt is counted with the claim, so that a worker that crashes has spent it. */
function claimExpressions(now: Instant, leaseEndsAt: Instant): Expressions {
  return {
    // A claimed delivery no longer waits: otherwise its predecessor could wake it and end the
    // lease.
    UpdateExpression: 'SET dueAt = :leaseEndsAt, #expiry = :expiry REMOVE waitsFor ADD attemptNumber :one',
    ConditionExpression: all(isPending, isDue, hasAttempts),
    ExpressionAttributeNames: { '#status': 'status', '#expiry': webhookTable.timeToLive },
    ExpressionAttributeValues: toAttributes({
      ':pending': 'pending',
      ':list': 'L',
      ':number': 'N',
      ':zero': 0,
      ':most': mostAttemptsCounted,
      ':now': now,
      ':leaseEndsAt': leaseEndsAt,
      ':expiry': expirySecondsFrom(now),
      ':one': 1,
    }),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** Takes an invalid row out of what is due, if it still has the due time that was seen. */
function setAsideExpressions(seenDueAt: unknown, problems: readonly string[], now: Instant): Expressions {
  return {
    UpdateExpression: 'SET #status = :unreadable, due = :unreadable, dueAt = :now, reason = :reason',
    ConditionExpression: 'due = :pending AND dueAt = :seen',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: toAttributes({
      ':unreadable': 'unreadable',
      ':pending': 'pending',
      ':now': now,
      ':seen': seenDueAt,
      ':reason': problems.join('; '),
    }),
  };
}

function settleExpressions(
  { attemptNumber, firstClaimedAt }: ClaimedDelivery,
  attempt: Attempt | undefined,
  settlement: Settlement,
): Expressions {
  const { status } = settlement;
  const dueAt = 'dueAt' in settlement ? settlement.dueAt : undefined;
  const waitsFor = status === 'pending' ? settlement.waitsFor : undefined;
  const reason = 'reason' in settlement ? settlement.reason : undefined;
  // The next claim makes the attempt that was not made.
  const isOpen = status === 'pending' || status === 'held' || status === 'unreadable';
  const givesBack = isOpen && !attempt;
  // A success is recorded even if another worker has claimed the delivery since.
  const isUnconditional = status === 'delivered';
  const sets = [
    '#status = :status',
    'attempts = list_append(attempts, :attempts)',
    ...(dueAt ? ['due = :status', 'dueAt = :dueAt'] : []),
    ...(waitsFor ? ['waitsFor = :waitsFor'] : []),
    ...(reason === undefined ? [] : ['reason = :reason']),
    ...(firstClaimedAt ? ['createdAt = if_not_exists(createdAt, :createdAt)'] : []),
  ];
  const removes = [...(dueAt ? [] : ['due', 'dueAt']), ...(firstClaimedAt ? ['firstAttempt'] : [])];
  const clauses = [
    `SET ${sets.join(', ')}`,
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
    ...(givesBack ? ['ADD attemptNumber :minusOne'] : []),
  ];
  return {
    UpdateExpression: clauses.join(' '),
    ConditionExpression: isUnconditional ? isPending : all(isPending, isOfThisClaim),
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: toAttributes({
      ':pending': 'pending',
      ':status': status,
      ':attempts': attempt ? [attempt] : [],
      ':minusOne': givesBack ? -1 : undefined,
      ':attemptNumber': isUnconditional ? undefined : attemptNumber,
      ':dueAt': dueAt,
      ':waitsFor': waitsFor,
      ':reason': reason,
      ':createdAt': firstClaimedAt,
    }),
  };
}

function postponeExpressions(now: Instant, dueAt: Instant): Expressions {
  return {
    UpdateExpression: 'SET dueAt = :dueAt, #expiry = :expiry',
    ConditionExpression: all(isPending, isDue),
    ExpressionAttributeNames: { '#status': 'status', '#expiry': webhookTable.timeToLive },
    ExpressionAttributeValues: toAttributes({
      ':pending': 'pending',
      ':now': now,
      ':dueAt': dueAt,
      ':expiry': expirySecondsFrom(now),
    }),
  };
}

function wakeExpressions(now: Instant): Expressions {
  return {
    UpdateExpression: 'SET dueAt = :now REMOVE waitsFor',
    ConditionExpression: all(isPending, waits),
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: toAttributes({ ':pending': 'pending', ':now': now }),
  };
}

function reviveExpressions(now: Instant): Expressions {
  return {
    UpdateExpression:
      'SET #status = :pending, due = :pending, dueAt = :now, attemptNumber = :zero, #expiry = :expiry REMOVE reason',
    ConditionExpression: '#status = :exhausted',
    ExpressionAttributeNames: { '#status': 'status', '#expiry': webhookTable.timeToLive },
    ExpressionAttributeValues: toAttributes({
      ':pending': 'pending',
      ':exhausted': 'exhausted',
      ':now': now,
      ':zero': 0,
      ':expiry': expirySecondsFrom(now),
    }),
  };
}
