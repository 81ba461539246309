import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { PassKey } from '../core/pass.ts';
import { type ItemKey, itemFormat } from '../core/tables.ts';
import type { ClaimedPass, PassStore } from '../ports/pass-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { parseClaimed } from './pass-item.ts';

/** Key of the item of a pass in the Control table. */
export function passItemKey({ catalog, name }: PassKey): ItemKey {
  return { pk: 'pass', sk: `${catalog}/${name}` };
}

/**
 * Passes in the Control table. The end of the lease identifies the claim: a later claim has a later
 * one. `requested` stays until the next claim, so a request during a claim takes effect after it.
 */
export function dynamodbPassStore(client: DynamoDBClient, tableName: string): PassStore {
  const itemOf = (key: PassKey) => ({ TableName: tableName, Key: toAttributes(passItemKey(key)) });
  const update = (key: PassKey, expressions: Expressions) =>
    client.send(new UpdateItemCommand({ ...itemOf(key), ...expressions }));
  return {
    request: (key, fullAt) =>
      storeCall('request', async () => {
        await update(key, requestExpressions(fullAt));
      }),
    claim: (key, now, leaseEndsAt, latestDueAt) =>
      storeCall('claim', async () => {
        // A refused claim costs as much as a write, and most claims come before the due time.
        const { Item } = await client.send(new GetItemCommand({ ...itemOf(key), ConsistentRead: true }));
        if (Item && !isClaimable(fromAttributes(Item), now, latestDueAt)) return undefined;
        try {
          const { Attributes = {} } = await update(key, claimExpressions(now, leaseEndsAt, latestDueAt));
          const claimed = parseClaimed(key, fromAttributes(Attributes), leaseEndsAt);
          // A claim writes each other attribute anyway, and the end of the page writes the state.
          const { fullRequestedAt } = Attributes;
          if (fullRequestedAt && claimed.unreadable.includes('fullRequestedAt'))
            await tryConditionalWrite(() => update(key, removeFullRequest(fullRequestedAt)));
          return claimed;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return undefined;
          throw error;
        }
      }),
    save: (claimed, state, leaseEndsAt) =>
      storeCall('save', async () => {
        const expressions = {
          UpdateExpression: 'SET #state = :state, dueAt = :dueAt',
          ...whileClaimed(claimed, { ':state': state, ':dueAt': leaseEndsAt }),
        };
        const isSaved = await tryConditionalWrite(() => update(claimed.key, expressions));
        return isSaved ? { ...claimed, state, leaseEndsAt } : undefined;
      }),
    release: (claimed, state, dueAt) =>
      storeCall('release', async () => {
        const expressions = {
          UpdateExpression: 'SET #state = :state, dueAt = :dueAt REMOVE leased',
          ...whileClaimed(claimed, { ':state': state, ':dueAt': dueAt }),
        };
        const isReleased = await tryConditionalWrite(() => update(claimed.key, expressions));
        return isReleased ? 'released' : 'superseded';
      }),
  };
}

type Expressions = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

/** @param invalid the value to remove, but not a request that was made since */
function removeFullRequest(invalid: AttributeValue): Expressions {
  return {
    UpdateExpression: 'REMOVE fullRequestedAt',
    ConditionExpression: 'fullRequestedAt = :invalid',
    ExpressionAttributeValues: { ':invalid': invalid },
  };
}

function requestExpressions(fullAt: string | undefined): Expressions {
  const requested = 'SET requested = :yes';
  return {
    UpdateExpression: fullAt === undefined ? requested : `${requested}, fullRequestedAt = :fullAt`,
    ExpressionAttributeValues: toAttributes({ ':yes': true, ':fullAt': fullAt }),
  };
}

/** The condition of a claim. */
function isClaimable(item: Readonly<Record<string, unknown>>, now: string, latestDueAt: string): boolean {
  const { dueAt, leased, requested, asked } = item;
  const isDue = !(typeof dueAt === 'string' && dueAt > now && dueAt <= latestDueAt);
  return isDue || ((requested ?? asked) !== undefined && leased !== true);
}

function claimExpressions(now: string, leaseEndsAt: string, latestDueAt: string): Expressions {
  // The negation also holds if the due time is missing or is not a text.
  const isDue = 'NOT (dueAt > :now AND dueAt <= :latest)';
  // Release 0.1.0 wrote a request as `asked`.
  const isRequested = '((attribute_exists(requested) OR attribute_exists(asked)) AND NOT leased = :yes)';
  return {
    UpdateExpression: 'SET dueAt = :leaseEndsAt, leased = :yes, #format = :format REMOVE requested, asked',
    ConditionExpression: `${isDue} OR ${isRequested}`,
    ExpressionAttributeNames: { '#format': 'format' },
    ExpressionAttributeValues: toAttributes({
      ':format': itemFormat,
      ':now': now,
      ':leaseEndsAt': leaseEndsAt,
      ':latest': latestDueAt,
      ':yes': true,
    }),
    ReturnValues: 'ALL_OLD',
  };
}

function whileClaimed({ leaseEndsAt }: ClaimedPass, values: Readonly<Record<string, unknown>>) {
  return {
    ConditionExpression: 'dueAt = :claimed AND attribute_exists(leased)',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: toAttributes({ ...values, ':claimed': leaseEndsAt }),
  };
}
