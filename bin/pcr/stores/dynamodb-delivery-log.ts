import {
  type DynamoDBClient,
  GetItemCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { storeCall } from '../../../lambdas/adapters/aws-failure.ts';
import {
  deliveryAttributes,
  deliveryIdIn,
  deliveryKey,
  type Expressions,
  expirySecondsFrom,
  parseEntry,
  releaseExpressions,
} from '../../../lambdas/adapters/delivery-item.ts';
import {
  type Attributes,
  fromAttributes,
  toAttributes,
  tryConditionalWrite,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { queryPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import { maxClockSkewMs } from '../../../lambdas/core/clock-skew.ts';
import type { Delivery, ListedDelivery } from '../../../lambdas/core/delivery.ts';
import type { DeliveryId } from '../../../lambdas/core/ids.ts';
import { addMs, type Instant } from '../../../lambdas/core/instant.ts';
import { longestLeaseMs } from '../../../lambdas/core/retry-schedule.ts';
import { webhookTable } from '../../../lambdas/core/tables.ts';
import type { DeliveryLog, DeliveryQuery } from './delivery-log.ts';

/** Deliveries in the Webhooks table. */
export function dynamodbDeliveryLog(client: DynamoDBClient, tableName: string): DeliveryLog {
  const update = (id: DeliveryId, expressions: Expressions) =>
    tryConditionalWrite(() =>
      client.send(
        new UpdateItemCommand({ TableName: tableName, Key: toAttributes(deliveryKey(id)), ...expressions }),
      ),
    );
  async function* rows(query: DeliveryQuery): AsyncIterable<ListedDelivery> {
    const pages = queryPages(client, listInput(tableName, query))[Symbol.asyncIterator]();
    for (;;) {
      const page = await storeCall('listDeliveries', () => pages.next());
      if (page.done) return;
      yield* entriesIn(page.value);
    }
  }
  return {
    find: (id) =>
      storeCall('findDelivery', async () => {
        const input = { TableName: tableName, Key: toAttributes(deliveryKey(id)), ConsistentRead: true };
        const { Item } = await client.send(new GetItemCommand(input));
        return Item && parseEntry(id, fromAttributes(Item));
      }),
    rows,
    async *list(query) {
      for await (const row of rows(query)) if (!('unreadable' in row)) yield row;
    },
    release: (id, now) =>
      storeCall('release', async () =>
        (await update(id, releaseExpressions(now))) ? 'released' : 'unchanged',
      ),
    hurry: (id, now) =>
      storeCall('hurry', async () => ((await update(id, hurryExpressions(now))) ? 'hurried' : 'unchanged')),
    replay: (delivery, dueAt, replayId) =>
      storeCall('replay', async () =>
        (await update(delivery.id, replayExpressions(delivery, dueAt, replayId))) ? 'moved' : 'already',
      ),
    cancel: (id, reason) =>
      storeCall('cancel', async () =>
        (await update(id, cancelExpressions(reason))) ? 'cancelled' : 'unchanged',
      ),
  };
}

/** As a text, sorts after every instant. */
const endOfTime = '9999-12-31T23:59:59.999Z';

function listInput(
  TableName: string,
  { endpointId, since = '0000-01-01T00:00:00.000Z', until = endOfTime, statuses }: DeliveryQuery,
): QueryCommandInput {
  const wanted = Object.fromEntries((statuses ?? []).map((status, index) => [`:status${index}`, status]));
  return {
    TableName,
    IndexName: webhookTable.indexes.byEndpoint.name,
    KeyConditionExpression: 'endpointId = :endpointId AND createdAt BETWEEN :since AND :until',
    ...(statuses && {
      FilterExpression: `#status IN (${Object.keys(wanted).join(', ')})`,
      ExpressionAttributeNames: { '#status': 'status' },
    }),
    ExpressionAttributeValues: toAttributes({
      ':endpointId': endpointId,
      ':since': since,
      ':until': until,
      ...wanted,
    }),
    ScanIndexForward: false,
  };
}

function entriesIn(items: readonly Attributes[]): readonly ListedDelivery[] {
  return items.flatMap((item) => {
    const id = deliveryIdIn(item['pk']?.S);
    return id ? [parseEntry(id, fromAttributes(item))] : [];
  });
}

function hurryExpressions(now: Instant): Expressions {
  const leaseEndsAt = addMs(now, longestLeaseMs + maxClockSkewMs);
  const values = { ':pending': 'pending', ':now': now, ':leaseEndsAt': leaseEndsAt };
  return {
    UpdateExpression: 'SET dueAt = :now',
    ConditionExpression: '#status = :pending AND dueAt > :leaseEndsAt',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: toAttributes(values),
  };
}

/**
 * Adds the delivery or moves a finished one. The row stores the last replay, so that a repeated
 * replay moves it once.
 */
function replayExpressions(delivery: Delivery, dueAt: Instant, replayId: string): Expressions {
  const attributes = Object.entries(deliveryAttributes(delivery));
  const sets = attributes.map(([name]) => `#${name} = :${name}`);
  sets.push('#status = :pending', 'due = :pending', 'dueAt = :dueAt', 'attemptNumber = :none');
  sets.push(
    'attempts = if_not_exists(attempts, :noAttempts)',
    'createdAt = if_not_exists(createdAt, :dueAt)',
  );
  sets.push('replayId = :replayId', '#expiry = :expiry');
  const moved = delivery.wanted ? 'NOT #status IN (:pending, :held)' : '#status = :skipped';
  return {
    UpdateExpression: `SET ${sets.join(', ')} REMOVE reason, waitsFor`,
    ConditionExpression: `attribute_not_exists(pk) OR (${moved} AND (attribute_not_exists(replayId) OR replayId <> :replayId))`,
    ExpressionAttributeNames: {
      ...Object.fromEntries(attributes.map(([name]) => [`#${name}`, name])),
      '#status': 'status',
      '#expiry': webhookTable.timeToLive,
    },
    ExpressionAttributeValues: toAttributes({
      ...Object.fromEntries(attributes.map(([name, value]) => [`:${name}`, value])),
      ':pending': 'pending',
      ...(delivery.wanted ? { ':held': 'held' } : { ':skipped': 'skipped' }),
      ':dueAt': dueAt,
      ':none': 0,
      ':noAttempts': [],
      ':replayId': replayId,
      ':expiry': expirySecondsFrom(dueAt),
    }),
  };
}

function cancelExpressions(reason: string): Expressions {
  return {
    UpdateExpression: 'SET #status = :cancelled, reason = :reason REMOVE due, dueAt, waitsFor',
    ConditionExpression: '#status IN (:pending, :held)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: toAttributes({
      ':cancelled': 'cancelled',
      ':reason': reason,
      ':pending': 'pending',
      ':held': 'held',
    }),
  };
}
