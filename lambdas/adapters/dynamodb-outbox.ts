import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { isMessageId } from '../core/ids.ts';
import { type Instant, parseInstant } from '../core/instant.ts';
import { type Intent, type IntentRef, isIntentRef } from '../core/intent.ts';
import { intentItemKey } from '../core/intent-key.ts';
import type { VersionRef } from '../core/record.ts';
import { itemFormat, versionItemKey } from '../core/tables.ts';
import type { Outbox } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { batchedDeletes, batchedPuts } from './dynamodb-batched-writes.ts';
import { projectionLoader } from './dynamodb-item-loader.ts';

const exists = 'attribute_exists(pk)';
const isInOutbox = 'outbox = :pending';
const hasNoMark = 'attribute_not_exists(outbox)';

/**
 * The outbox: intents, in a partition of their own, and marks of version items. What is due is read
 * by `sweep` alone.
 */
export function dynamodbOutbox(
  client: DynamoDBClient,
  tableName: string,
): Omit<Outbox, 'dueIntents' | 'dueMarks'> {
  const getItem = projectionLoader(client, tableName, {
    ProjectionExpression: 'pk, sk, messageId, intentDueAt, outbox',
  });
  const putItem = batchedPuts(client, tableName);
  const deleteItem = batchedDeletes(client, tableName);
  const removeIntent = (ref: IntentRef) => deleteItem(intentItemKey(ref));
  return {
    awaitsFanOut: (ref) =>
      storeCall('awaitsFanOut', async () => {
        const item = await getItem(versionItemKey(ref));
        if (item?.['outbox']?.S === 'pending') return true;
        const intent = item && intentRefIn(ref, item);
        return intent !== undefined && (await getItem(intentItemKey(intent))) !== undefined;
      }),
    putIntent: (intent) => storeCall('putIntent', () => putItem(intentItem(intent))),
    removeIntent: (ref) => storeCall('removeIntent', () => removeIntent(ref)),
    markFannedOut: (ref) =>
      storeCall('markFannedOut', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(versionItemKey(ref)),
          UpdateExpression: 'REMOVE outbox, outboxDueAt',
          // A deleted version must not come back as an empty item.
          ConditionExpression: exists,
        };
        await tryConditionalWrite(() => client.send(new UpdateItemCommand(input)));
      }),
    postponeFanOut: (ref, dueAt) =>
      storeCall('postponeFanOut', async () => {
        const input = {
          TableName: tableName,
          ...(isIntentRef(ref) ? postponedIntent(ref, dueAt) : postponedMark(ref, dueAt)),
        };
        await tryConditionalWrite(() => client.send(new UpdateItemCommand(input)));
      }),
    setAside: (ref, now) =>
      storeCall('setAside', async () => {
        const isIntent = isIntentRef(ref);
        const input = {
          TableName: tableName,
          Key: toAttributes(versionItemKey(ref)),
          UpdateExpression: 'SET outbox = :unreadable, outboxDueAt = :now',
          ConditionExpression: isIntent ? `${exists} AND ${hasNoMark}` : isInOutbox,
          ExpressionAttributeValues: toAttributes({
            ':unreadable': 'unreadable',
            ':pending': isIntent ? undefined : 'pending',
            ':now': now,
          }),
        };
        const isSetAside = await tryConditionalWrite(() => client.send(new UpdateItemCommand(input)));
        // After the mark: a crash in between leaves the intent, which is set aside again.
        if (isIntent) await removeIntent(ref);
        return isSetAside ? 'set-aside' : 'already';
      }),
  };
}

function intentItem(intent: Intent) {
  const { type, topics, cause, occurredAt, readAt, previousMessageId, echoes } = intent;
  const key = intentItemKey(intent);
  return { ...key, format: itemFormat, type, topics, cause, occurredAt, readAt, previousMessageId, echoes };
}

/** The intent that an item names: the one with which it was written. */
export function intentRefIn(
  { catalog, kind, id, version }: VersionRef,
  { messageId, intentDueAt }: Attributes,
): IntentRef | undefined {
  const dueAt = parseInstant(intentDueAt?.S);
  return dueAt && isMessageId(messageId?.S)
    ? { catalog, kind, id, version, messageId: messageId.S, dueAt }
    : undefined;
}

function postponedIntent(ref: IntentRef, dueAt: Instant) {
  return {
    Key: toAttributes(intentItemKey(ref)),
    UpdateExpression: 'SET postponedTo = :dueAt',
    ConditionExpression: exists,
    ExpressionAttributeValues: toAttributes({ ':dueAt': dueAt }),
  };
}

function postponedMark(ref: VersionRef, dueAt: Instant) {
  return {
    Key: toAttributes(versionItemKey(ref)),
    UpdateExpression: 'SET outboxDueAt = :dueAt',
    ConditionExpression: isInOutbox,
    ExpressionAttributeValues: toAttributes({ ':dueAt': dueAt, ':pending': 'pending' }),
  };
}
