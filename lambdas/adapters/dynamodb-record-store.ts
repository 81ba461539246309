import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { correlationIdOf } from '../core/correlation.ts';
import type { VersionRef } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import { currentItemKey, type ItemKey, versionItemKey } from '../core/tables.ts';
import type { RecordState } from '../core/version.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { itemLoader } from './dynamodb-item-loader.ts';
import { dynamodbOutbox } from './dynamodb-outbox.ts';
import { putParts } from './dynamodb-record-parts.ts';
import { dynamodbRedaction } from './dynamodb-redaction.ts';
import { messageIds, messageIdsIn } from './message-ids.ts';
import type { Item } from './record-content.ts';
import {
  announcedAttributes,
  announcedWithCause,
  currentAttributes,
  currentItem,
  parseState,
  parseVersion,
  versionAttributes,
  versionItem,
} from './record-item.ts';
import { storedContents } from './record-parts.ts';
import { parseItem } from './unreadable-item.ts';
import { readWholeItem } from './whole-item.ts';

/** The Records table: a current item and its immutable version items share a partition key. */
export function dynamodbRecordStore(client: DynamoDBClient, tableName: string): RecordStore {
  const getItem = itemLoader(client, tableName);
  const read = <Parsed>(
    operation: string,
    key: ItemKey,
    parse: (item: Item) => Parsed,
    attributes: v.ObjectEntries,
  ) =>
    storeCall(operation, async () => {
      const item = await readWholeItem(key, getItem);
      return item && parseItem(item, parse, attributes);
    });
  return {
    ...dynamodbOutbox(client, tableName),
    ...dynamodbRedaction(client, tableName),
    current: (key) => read('current', currentItemKey(key), parseState, currentAttributes),
    version: (ref) => read('version', versionItemKey(ref), parseVersion, versionAttributes),
    async announced(ref) {
      const input = {
        TableName: tableName,
        Key: toAttributes(versionItemKey(ref)),
        ConsistentRead: true,
        ProjectionExpression: '#catalog, #type, #topics, #redacted, #cause, messageId, previousMessageId',
        ExpressionAttributeNames: {
          '#catalog': 'catalog',
          '#type': 'type',
          '#topics': 'topics',
          '#redacted': 'redacted',
          '#cause': 'cause',
        },
      };
      const { Item } = await storeCall('announced', () => client.send(new GetItemCommand(input)));
      return (
        Item &&
        parseItem(
          { ...versionItemKey(ref), ...fromAttributes(Item) },
          (item) => announcedIn(ref, item),
          announcedAttributes,
        )
      );
    },
    messageIds: (ref) =>
      storeCall('messageIds', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(versionItemKey(ref)),
          ConsistentRead: true,
          ProjectionExpression: 'pk, sk, messageId, previousMessageId',
        };
        const { Item } = await client.send(new GetItemCommand(input));
        return Item && parseItem(fromAttributes(Item), (item) => messageIdsIn(ref, item), messageIds.entries);
      }),
    append: (before, version, outboxDueAt) =>
      storeCall('append', async () => {
        const contents = storedContents(version);
        await putParts(client, tableName, contents.parts);
        const current = toAttributes(currentItem(version, contents.current));
        const putCurrent = { TableName: tableName, Item: current, ...ifUnchanged(before) };
        const item = versionItem(version, outboxDueAt, contents.version);
        const { payload } = 'payload' in contents.version ? current : {};
        // The payload is most of both items, so it is marshalled once.
        const Item = payload
          ? { ...toAttributes({ ...item, payload: undefined }), payload }
          : toAttributes(item);
        const putVersion = { TableName: tableName, Item, ...ifAbsent };
        return appendOutcome(() =>
          client.send(
            new TransactWriteItemsCommand({ TransactItems: [{ Put: putCurrent }, { Put: putVersion }] }),
          ),
        );
      }),
    confirm: (state, readAt) =>
      storeCall('confirm', async () => {
        const input = {
          TableName: tableName,
          Key: toAttributes(currentItemKey(state)),
          UpdateExpression: 'SET readAt = :readAt',
          ConditionExpression: `${hasVersion} AND ${wasReadBefore}`,
          ExpressionAttributeValues: toAttributes({ ':version': state.version, ':readAt': readAt }),
        };
        return (await tryConditionalWrite(() => client.send(new UpdateItemCommand(input))))
          ? 'confirmed'
          : 'raced';
      }),
    markUncertain: (state, certainFrom) =>
      storeCall('markUncertain', async () => {
        const { version, readAt } = state;
        const input = {
          TableName: tableName,
          Key: toAttributes(currentItemKey(state)),
          UpdateExpression: 'SET certainFrom = :certainFrom',
          ConditionExpression: `${hasVersion} AND ${wasReadAt}`,
          ExpressionAttributeValues: toAttributes({
            ':version': version,
            ':readAt': readAt,
            ':certainFrom': certainFrom,
          }),
        };
        return (await tryConditionalWrite(() => client.send(new UpdateItemCommand(input))))
          ? 'marked'
          : 'raced';
      }),
  };
}

const hasVersion = 'version = :version';
const wasReadAt = 'readAt = :readAt';
const wasReadBefore = 'readAt < :readAt';
const hasNoDoubt = 'attribute_not_exists(certainFrom)';
const hasSameDoubt = 'certainFrom = :certainFrom';
const ifAbsent = { ConditionExpression: 'attribute_not_exists(pk)' } as const;

/**
 * Requires that the current state is still `before`. Its `readAt` counts too: if a later read has
 * confirmed the old state meanwhile, the new version comes from an older read. So does its
 * `certainFrom`: the new version must keep it.
 */
function ifUnchanged(before: RecordState | undefined) {
  if (!before) return ifAbsent;
  const { version, readAt, certainFrom } = before;
  return {
    ConditionExpression: `${hasVersion} AND ${wasReadAt} AND ${certainFrom ? hasSameDoubt : hasNoDoubt}`,
    ExpressionAttributeValues: toAttributes({
      ':version': version,
      ':readAt': readAt,
      ':certainFrom': certainFrom,
    }),
  };
}

/** Cancellation reasons that mean that another worker wrote in between or is writing. */
const raceReasons: ReadonlySet<string | undefined> = new Set([
  'ConditionalCheckFailed',
  'TransactionConflict',
]);

async function appendOutcome(write: () => Promise<unknown>): Promise<'stored' | 'raced'> {
  try {
    await write();
    return 'stored';
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    if (reasons.some(({ Code }) => raceReasons.has(Code))) return 'raced';
    if (reasons.some(({ Code }) => Code === 'ValidationError')) {
      const details = { operation: 'append', error: 'ValidationError' };
      throw new ServiceError('store.refused', details, { cause: error });
    }
    throw error;
  }
}

function announcedIn(ref: VersionRef, item: Item): AnnouncedVersion {
  const { cause, ...announced } = v.parse(announcedWithCause, item);
  const ids = messageIdsIn(ref, item);
  return { ...announced, ...ids, correlationId: correlationIdOf({ ...ids, cause }) };
}
