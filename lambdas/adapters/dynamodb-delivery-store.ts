import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Attempt } from '../core/delivery.ts';
import type { DeliveryId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';
import { webhookTable } from '../core/tables.ts';
import type { ClaimedDelivery, DeliveryStore, Settlement } from '../ports/delivery-store.ts';
import { storeCall } from './aws-failure.ts';
import {
  deliveryKey,
  dueDeliveryFrom,
  type Expressions,
  expirySecondsFrom,
  newItem,
  parseClaimed,
  releaseExpressions,
  stateItem,
} from './delivery-item.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';

/** Deliveries in the Webhooks table. A pending one stands in the index by due time; to lease it is to move that time. */
export function dynamodbDeliveryStore(client: DynamoDBClient, tableName: string): DeliveryStore {
  const update = (id: DeliveryId, expressions: Expressions) =>
    client.send(
      new UpdateItemCommand({ TableName: tableName, Key: toAttributes(deliveryKey(id)), ...expressions }),
    );
  return {
    add: (delivery, now, status = 'pending') =>
      storeCall('add', async () => {
        const input = {
          TableName: tableName,
          Item: toAttributes(newItem(delivery, now, status)),
          ConditionExpression: 'attribute_not_exists(pk)',
        };
        return (await tryConditionalWrite(() => client.send(new PutItemCommand(input)))) ? 'added' : 'exists';
      }),
    claim: (id, now, leaseEndsAt) =>
      storeCall('claim', async () => {
        try {
          const { Attributes = {} } = await update(id, claimExpressions(now, leaseEndsAt));
          return parseClaimed(fromAttributes(Attributes));
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return undefined;
          throw error;
        }
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
        return Item && v.parse(stateItem, fromAttributes(Item));
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

/** The number of attempts rises with the claim, so that a worker that dies over a delivery has spent one. */
function claimExpressions(now: Instant, leaseEndsAt: Instant): Expressions {
  return {
    // What is still worked on does not expire: the time to look it up counts from the last claim.
    // And it waits for nobody any more: to wake it would be to end its lease.
    UpdateExpression: 'SET dueAt = :leaseEndsAt, #expiry = :expiry REMOVE waitsFor ADD attemptNumber :one',
    ConditionExpression: '#status = :pending AND dueAt <= :now',
    ExpressionAttributeNames: { '#status': 'status', '#expiry': webhookTable.timeToLive },
    ExpressionAttributeValues: toAttributes({
      ':pending': 'pending',
      ':now': now,
      ':leaseEndsAt': leaseEndsAt,
      ':expiry': expirySecondsFrom(now),
      ':one': 1,
    }),
    ReturnValues: 'ALL_NEW',
  };
}

function settleExpressions(
  claimed: ClaimedDelivery,
  attempt: Attempt | undefined,
  settlement: Settlement,
): Expressions {
  const { status } = settlement;
  const pending = status === 'pending';
  const giveBack = (pending || status === 'held') && !attempt;
  const waitsFor = pending ? settlement.waitsFor : undefined;
  // What was delivered stays delivered, even when the lease ran out meanwhile; any other outcome is the newest claim's to write.
  const mine = status === 'delivered' ? '' : ' AND attemptNumber = :mine';
  const sets = ['#status = :status', 'attempts = list_append(attempts, :attempts)'];
  if (pending) sets.push('dueAt = :dueAt');
  if (waitsFor) sets.push('waitsFor = :waitsFor');
  if (status === 'exhausted') sets.push('reason = :reason');
  return {
    UpdateExpression: `SET ${sets.join(', ')}${pending ? '' : ' REMOVE due, dueAt'}${giveBack ? ' ADD attemptNumber :givenBack' : ''}`,
    ConditionExpression: `#status = :pending${mine}`,
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: toAttributes({
      ':pending': 'pending',
      ':status': status,
      ':attempts': attempt ? [attempt] : [],
      ':givenBack': giveBack ? -1 : undefined,
      ':mine': mine ? claimed.attemptNumber : undefined,
      ':dueAt': pending ? settlement.dueAt : undefined,
      ':waitsFor': waitsFor,
      ':reason': status === 'exhausted' ? settlement.reason : undefined,
    }),
  };
}

function postponeExpressions(now: Instant, dueAt: Instant): Expressions {
  return {
    UpdateExpression: 'SET dueAt = :dueAt, #expiry = :expiry',
    ConditionExpression: '#status = :pending AND dueAt <= :now',
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
    ConditionExpression: '#status = :pending AND attribute_exists(waitsFor)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: toAttributes({ ':pending': 'pending', ':now': now }),
  };
}

function reviveExpressions(now: Instant): Expressions {
  return {
    UpdateExpression:
      'SET #status = :pending, due = :pending, dueAt = :now, attemptNumber = :none, #expiry = :expiry REMOVE reason',
    ConditionExpression: '#status = :exhausted',
    ExpressionAttributeNames: { '#status': 'status', '#expiry': webhookTable.timeToLive },
    ExpressionAttributeValues: toAttributes({
      ':pending': 'pending',
      ':exhausted': 'exhausted',
      ':now': now,
      ':none': 0,
      ':expiry': expirySecondsFrom(now),
    }),
  };
}
