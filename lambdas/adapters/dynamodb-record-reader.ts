import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { correlationIdOf } from '../core/correlation.ts';
import { parseInstant } from '../core/instant.ts';
import { intentItemKey } from '../core/intent-key.ts';
import type { VersionRef } from '../core/record.ts';
import { currentItemKey, type ItemKey, versionItemKey } from '../core/tables.ts';
import { ifReadable } from '../core/unreadable.ts';
import type { AnnouncedVersion, Outbox, RecordStore } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes } from './dynamodb-attributes.ts';
import { itemLoader } from './dynamodb-item-loader.ts';
import { dynamodbOutbox, intentRefIn } from './dynamodb-outbox.ts';
import { messageIds, messageIdsIn } from './message-ids.ts';
import type { Item } from './record-content.ts';
import {
  announcedAttributes,
  announcedWithCause,
  currentAttributes,
  parseIntent,
  parseState,
  parseVersion,
  versionAttributes,
} from './record-item.ts';
import { parseItem } from './unreadable-item.ts';
import { readWholeItem } from './whole-item.ts';

/** The reads and the outbox: the bundle of a function that writes no record is smaller. */
export function dynamodbRecordReader(
  client: DynamoDBClient,
  tableName: string,
): Omit<Outbox, 'dueIntents' | 'dueMarks'> &
  Pick<RecordStore, 'current' | 'version' | 'announced' | 'messageIds' | 'storesVersion' | 'findIntent'> {
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
    current: (key) => read('current', currentItemKey(key), parseState, currentAttributes),
    version: (ref) => read('version', versionItemKey(ref), parseVersion, versionAttributes),
    async announced(ref) {
      const input = {
        TableName: tableName,
        Key: toAttributes(versionItemKey(ref)),
        ConsistentRead: true,
        ProjectionExpression: announcedMembers,
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
    storesVersion: (ref) =>
      storeCall('storesVersion', async () => {
        const Key = toAttributes(versionItemKey(ref));
        const input = { TableName: tableName, Key, ConsistentRead: true, ProjectionExpression: 'pk' };
        return (await client.send(new GetItemCommand(input))).Item !== undefined;
      }),
    findIntent: (state) =>
      storeCall('findIntent', async () => {
        const current = await getItem(currentItemKey(state));
        const ref = current && intentRefIn(state, current);
        if (ref?.messageId !== state.messageId) return undefined;
        const item = await getItem(intentItemKey(ref));
        return (
          item && ifReadable(async () => parseItem(fromAttributes(item), (each) => parseIntent(ref, each)))
        );
      }),
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
  };
}

const announcedMembers =
  '#catalog, #type, #topics, #redacted, #cause, messageId, previousMessageId, intentDueAt, outbox';

function announcedIn(ref: VersionRef, item: Item): AnnouncedVersion {
  const { cause, ...announced } = v.parse(announcedWithCause, item);
  const ids = messageIdsIn(ref, item);
  return {
    ...announced,
    ...ids,
    correlationId: correlationIdOf({ ...ids, cause }),
    intentDueAt: parseInstant(item['intentDueAt']),
    isMarked: item['outbox'] === 'pending' || undefined,
  };
}
