import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Attempt, Delivery } from '../core/delivery.ts';
import type { DeliveryId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';
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
  mostAttemptsCounted,
  newItem,
  parseClaimed,
  problemsOfDue,
  releaseExpressions,
  stateItem,
} from './delivery-item.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';

/**
 * Deliveries in the Webhooks table. A pending delivery is in the index by due time. A claim moves
 * its due time to the end of the lease.
 */
export function dynamodbDeliveryStore(client: DynamoDBClient, tableName: string): DeliveryStore {
  const update = (id: DeliveryId, expressions: Expressions) =>
    client.send(
      new UpdateItemCommand({ TableName: tableName, Key: toAttributes(deliveryKey(id)), ...expressions }),
    );
  return {
    add: (delivery, now, status = 'pending') =>
      storeCall('add', async () => {
        const Item = toAttributes(newItem(delivery, now, status));
        const ConditionExpression = 'attribute_not_exists(pk)';
        const put = new PutItemCommand({ TableName: tableName, Item, ConditionExpression });
        if (await tryConditionalWrite(() => client.send(put))) return 'added';
        const Key = toAttributes(deliveryKey(delivery.id));
        const get = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
        const { Item: stored } = await client.send(get);
        return stored && !isOfDelivery(fromAttributes(stored), delivery) ? 'conflict' : 'exists';
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
        const input = {
          TableName: tableName,
          Key: toAttributes(deliveryKey(id)),
          ConsistentRead: true,
          ProjectionExpression: 'endpointId, #status, wanted, dueAt',
          ExpressionAttributeNames: { '#status': 'status' },
        };
        const { Item } = await client.send(new GetItemCommand(input));
        const parsed = v.safeParse(stateItem, Item && fromAttributes(Item));
        return parsed.success ? parsed.output : undefined;
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

/** Whether a stored row is of the same message to the same endpoint. */
function isOfDelivery(item: Readonly<Record<string, unknown>>, delivery: Delivery): boolean {
  const { messageId, endpointId, record, version } = deliveryAttributes(delivery);
  return Object.entries({ messageId, endpointId, record, version }).every(
    ([name, value]) => item[name] === value,
  );
}

type Item = Readonly<Record<string, unknown>>;

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
  { attemptNumber }: ClaimedDelivery,
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
  ];
  const clauses = [
    `SET ${sets.join(', ')}`,
    ...(dueAt ? [] : ['REMOVE due, dueAt']),
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
