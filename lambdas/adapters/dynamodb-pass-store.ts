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
import type { ClaimedPass, PassStore } from '../ports/pass-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';

/** The item of a pass in the Control table. */
export function passItemKey({ catalog, name }: PassKey): ItemKey {
  return { pk: 'pass', sk: `${catalog}/${name}` };
}

/**
 * Passes in the Control table. The end of the lease tells who has the claim: who claims later has a later one. `asked` stays
 * until the next claim, so that what is asked for while a pass is claimed is not forgotten when that ends.
 */
export function dynamodbPassStore(client: DynamoDBClient, tableName: string): PassStore {
  const update = (key: PassKey, expressions: Expressions) =>
    client.send(
      new UpdateItemCommand({ TableName: tableName, Key: toAttributes(passItemKey(key)), ...expressions }),
    );
  return {
    ask: (key, fullAt) =>
      storeCall('ask', async () => {
        await update(key, askExpressions(fullAt));
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

function askExpressions(fullAt: string | undefined): Expressions {
  return {
    UpdateExpression: fullAt === undefined ? 'SET asked = :yes' : 'SET asked = :yes, fullAskedAt = :fullAt',
    ExpressionAttributeValues: toAttributes({ ':yes': true, ':fullAt': fullAt }),
  };
}

function claimExpressions(now: string, leaseEndsAt: string, latestDueAt: string): Expressions {
  return {
    UpdateExpression: 'SET dueAt = :leaseEndsAt, leased = :yes REMOVE asked',
    // Put this way it also holds where there is no due time, or one that is no text.
    ConditionExpression:
      'NOT (dueAt > :now AND dueAt <= :latest) OR (attribute_exists(asked) AND attribute_not_exists(leased))',
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
    ConditionExpression: 'dueAt = :mine AND attribute_exists(leased)',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: toAttributes({ ...values, ':mine': leaseEndsAt }),
  };
}

const instant = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const parsed = parseInstant(dataset.value);
    if (parsed !== undefined) return parsed;
    addIssue({ message: 'no instant' });
    return NEVER;
  }),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const progress = v.object({
  startedAt: instant,
  full: v.boolean(),
  nextToken: v.optional(v.string()),
  highestStamp: v.optional(instant),
  oldestChange: v.optional(instant),
  pages: count,
  items: count,
  findings: count,
  changes: count,
  unusable: count,
});

/** What people edited into something else is named, not used: the pass then begins again. */
function parseClaimed(key: PassKey, item: Readonly<Record<string, unknown>>): ClaimedPass {
  const unreadable: string[] = [];
  const read = <Output>(schema: v.GenericSchema<unknown, Output>, value: unknown, name: string) => {
    if (value === undefined) return undefined;
    const parsed = v.safeParse(schema, value);
    if (parsed.success) return parsed.output;
    unreadable.push(name);
    return undefined;
  };
  const members = read(v.record(v.string(), v.unknown()), item['state'], 'state') ?? {};
  return {
    key,
    leaseEndsAt: v.parse(instant, item['dueAt']),
    state: {
      watermark: read(instant, members['watermark'], 'watermark'),
      heldSince: read(instant, members['heldSince'], 'heldSince'),
      lastFullAt: read(instant, members['lastFullAt'], 'lastFullAt'),
      progress: read(progress, members['progress'], 'progress'),
    },
    fullAskedAt: parseInstant(item['fullAskedAt']),
    unreadable,
  };
}
