import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { parseInstant } from '../core/instant.ts';
import type { PassKey } from '../core/pass.ts';
import type { ItemKey } from '../core/tables.ts';
import { count, instant } from '../core/value-schema.ts';
import type { ClaimedPass, PassStore } from '../ports/pass-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';

/** Key of the item of a pass in the Control table. */
export function passItemKey({ catalog, name }: PassKey): ItemKey {
  return { pk: 'pass', sk: `${catalog}/${name}` };
}

/**
 * Passes in the Control table. The end of the lease identifies the claim: a later claim has a later
 * one. `requested` stays until the next claim, so a request during a claim takes effect after it.
 */
export function dynamodbPassStore(client: DynamoDBClient, tableName: string): PassStore {
  const update = (key: PassKey, expressions: Expressions) =>
    client.send(
      new UpdateItemCommand({ TableName: tableName, Key: toAttributes(passItemKey(key)), ...expressions }),
    );
  return {
    request: (key, fullAt) =>
      storeCall('request', async () => {
        await update(key, requestExpressions(fullAt));
      }),
    claim: (key, now, leaseEndsAt, latestDueAt) =>
      storeCall('claim', async () => {
        try {
          const { Attributes = {} } = await update(key, claimExpressions(now, leaseEndsAt, latestDueAt));
          return parseClaimed(key, fromAttributes(Attributes));
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

function requestExpressions(fullAt: string | undefined): Expressions {
  const requested = 'SET requested = :yes';
  return {
    UpdateExpression: fullAt === undefined ? requested : `${requested}, fullRequestedAt = :fullAt`,
    ExpressionAttributeValues: toAttributes({ ':yes': true, ':fullAt': fullAt }),
  };
}

function claimExpressions(now: string, leaseEndsAt: string, latestDueAt: string): Expressions {
  // The negation also holds if the due time is missing or is not a text.
  const isDue = 'NOT (dueAt > :now AND dueAt <= :latest)';
  const isRequested = '(attribute_exists(requested) AND attribute_not_exists(leased))';
  return {
    UpdateExpression: 'SET dueAt = :leaseEndsAt, leased = :yes REMOVE requested',
    ConditionExpression: `${isDue} OR ${isRequested}`,
    ExpressionAttributeValues: toAttributes({
      ':now': now,
      ':leaseEndsAt': leaseEndsAt,
      ':latest': latestDueAt,
      ':yes': true,
    }),
    ReturnValues: 'ALL_NEW',
  };
}

function whileClaimed({ leaseEndsAt }: ClaimedPass, values: Readonly<Record<string, unknown>>) {
  return {
    ConditionExpression: 'dueAt = :claimed AND attribute_exists(leased)',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: toAttributes({ ...values, ':claimed': leaseEndsAt }),
  };
}

const progress = v.object({
  startedAt: instant,
  full: v.boolean(),
  nextToken: v.optional(v.string()),
  markedToken: v.optional(v.string()),
  newestTimestamp: v.optional(instant),
  oldestChange: v.optional(instant),
  pages: count,
  items: count,
  findings: count,
  changes: count,
  unusable: count,
});

/**
 * Parses the item. Invalid members of the state are named and left out; the pass then starts anew.
 */
function parseClaimed(key: PassKey, item: Readonly<Record<string, unknown>>): ClaimedPass {
  const unreadable: string[] = [];
  const parse = <Output>(schema: v.GenericSchema<unknown, Output>, value: unknown, name: string) => {
    if (value === undefined) return undefined;
    const parsed = v.safeParse(schema, value);
    if (parsed.success) return parsed.output;
    unreadable.push(name);
    return undefined;
  };
  const state = parse(v.record(v.string(), v.unknown()), item['state'], 'state') ?? {};
  return {
    key,
    leaseEndsAt: v.parse(instant, item['dueAt']),
    state: {
      watermark: parse(instant, state['watermark'], 'watermark'),
      heldSince: parse(instant, state['heldSince'], 'heldSince'),
      lastFullAt: parse(instant, state['lastFullAt'], 'lastFullAt'),
      progress: parse(progress, state['progress'], 'progress'),
    },
    fullRequestedAt: parseInstant(item['fullRequestedAt']),
    unreadable,
  };
}
