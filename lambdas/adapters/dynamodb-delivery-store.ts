import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Attempt, Delivery } from '../core/delivery.ts';
import {
  type DeliveryId,
  type EndpointId,
  isDeliveryId,
  isEndpointId,
  isMessageId,
  type MessageId,
} from '../core/ids.ts';
import { epochMsOf, type Instant } from '../core/instant.ts';
import { parseRecordPath, recordPath } from '../core/record.ts';
import { webhookTable } from '../core/tables.ts';
import type { ClaimedDelivery, DeliveryStore, Settlement } from '../ports/delivery-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, ifConditionHolds, toAttributes } from './dynamodb-attributes.ts';

/** How long a delivery and its attempts can be looked up after the last of them. No wait between two comes near it. */
const keptMs = 30 * 24 * 60 * 60 * 1_000;

/** Deliveries in the Webhooks table. A pending one stands in the index by due time; to lease it is to move that time. */
export function dynamodbDeliveryStore(client: DynamoDBClient, tableName: string): DeliveryStore {
  const update = (id: DeliveryId, expressions: Expressions) =>
    client.send(
      new UpdateItemCommand({ TableName: tableName, Key: toAttributes(deliveryKey(id)), ...expressions }),
    );
  return {
    add: (delivery, now) =>
      storeCall('add', async () => {
        const input = {
          TableName: tableName,
          Item: toAttributes(pendingItem(delivery, now)),
          ConditionExpression: 'attribute_not_exists(pk)',
        };
        return (await ifConditionHolds(() => client.send(new PutItemCommand(input)))) ? 'added' : 'exists';
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
        (await ifConditionHolds(() => update(claimed.id, settleExpressions(claimed, attempt, settlement))))
          ? 'settled'
          : 'superseded',
      ),
    revive: (id, now) =>
      storeCall('revive', async () => {
        await ifConditionHolds(() => update(id, reviveExpressions(now)));
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
        return Items.flatMap(({ pk }) => deliveryIdFrom(pk?.S));
      }),
  };
}

type Expressions = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

function deliveryKey(id: DeliveryId): Record<'pk' | 'sk', string> {
  return { pk: `delivery#${id}`, sk: 'delivery' };
}

function deliveryIdFrom(partitionKey: string | undefined): DeliveryId[] {
  const id = partitionKey?.replace(/^delivery#/, '');
  return isDeliveryId(id) ? [id] : [];
}

function expirySecondsFrom(now: Instant): number {
  return Math.ceil((epochMsOf(now) + keptMs) / 1_000);
}

function pendingItem(delivery: Delivery, now: Instant): Readonly<Record<string, unknown>> {
  return {
    ...deliveryKey(delivery.id),
    id: delivery.id,
    messageId: delivery.messageId,
    endpointId: delivery.endpointId,
    record: recordPath(delivery.version),
    version: delivery.version.version,
    status: 'pending',
    attemptNumber: 0,
    attempts: [],
    createdAt: now,
    due: 'pending',
    dueAt: now,
    [webhookTable.timeToLive]: expirySecondsFrom(now),
  };
}

/** The number of attempts rises with the claim, so that a worker that dies over a delivery has spent one. */
function claimExpressions(now: Instant, leaseEndsAt: Instant): Expressions {
  return {
    // What is still worked on does not expire: the time to look it up counts from the last claim.
    UpdateExpression: 'SET dueAt = :leaseEndsAt, #expiry = :expiry ADD attemptNumber :one',
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
  const giveBack = pending && !attempt;
  // What was delivered stays delivered, even when the lease ran out meanwhile; any other outcome is the newest claim's to write.
  const mine = status === 'delivered' ? '' : ' AND attemptNumber = :mine';
  const sets = ['#status = :status', 'attempts = list_append(attempts, :attempts)'];
  if (pending) sets.push('dueAt = :dueAt');
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
      ':reason': status === 'exhausted' ? settlement.reason : undefined,
    }),
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

const claimedItem = v.object({
  id: v.custom<DeliveryId>(isDeliveryId),
  messageId: v.custom<MessageId>(isMessageId),
  endpointId: v.custom<EndpointId>(isEndpointId),
  record: v.string(),
  version: v.number(),
  attemptNumber: v.number(),
});

function parseClaimed(item: unknown): ClaimedDelivery {
  const { record, version, ...rest } = v.parse(claimedItem, item);
  const key = parseRecordPath(record);
  if (!key) throw new TypeError(`delivery ${rest.id} names no record`);
  return { ...rest, version: { ...key, version } };
}
