import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { correlationIdOf } from '../core/correlation.ts';
import { parseInstant } from '../core/instant.ts';
import { intentItemKey } from '../core/intent-key.ts';
import type { VersionRef } from '../core/record.ts';
import { currentItemKey, type ItemKey, versionItemKey } from '../core/tables.ts';
import { ifReadable } from '../core/unreadable.ts';
import type { AnnouncedVersion, Outbox, RecordStore } from '../ports/record-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes } from './dynamodb-attributes.ts';
import { itemLoader, type Projection, projectionLoader } from './dynamodb-item-loader.ts';
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
import type { StoredVersions } from './stored-versions.ts';
import { parseItem } from './unreadable-item.ts';
import { readWholeItem } from './whole-item.ts';

/**
 * The reads and the outbox: the bundle of a function that writes no record is smaller.
 * @param stored versions that need no look-up
 */
export function dynamodbRecordReader(
  client: DynamoDBClient,
  tableName: string,
  stored?: StoredVersions,
): Omit<Outbox, 'dueIntents' | 'dueMarks'> &
  Pick<RecordStore, 'current' | 'version' | 'announced' | 'messageIds' | 'storesVersion' | 'findIntent'> {
  const getItem = itemLoader(client, tableName);
  const getHead = projectionLoader(client, tableName, headMembers);
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
      const head = await storeCall('announced', () => getHead(versionItemKey(ref)));
      return head && parseItem(fromAttributes(head), (item) => announcedIn(ref, item), announcedAttributes);
    },
    storesVersion: (ref) =>
      storeCall('storesVersion', async () => {
        if (stored?.has(ref)) return true;
        const head = await getHead(versionItemKey(ref));
        if (head && head['messageId']?.S === ref.messageId) stored?.add(ref);
        return head !== undefined;
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
        const head = await getHead(versionItemKey(ref));
        return head && parseItem(fromAttributes(head), (item) => messageIdsIn(ref, item), messageIds.entries);
      }),
  };
}

/** All but the content. */
const headMembers: Projection = {
  ProjectionExpression:
    'pk, sk, #catalog, #type, #topics, #redacted, #cause, messageId, previousMessageId, intentDueAt, outbox, echoes',
  ExpressionAttributeNames: {
    '#catalog': 'catalog',
    '#type': 'type',
    '#topics': 'topics',
    '#redacted': 'redacted',
    '#cause': 'cause',
  },
};

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
