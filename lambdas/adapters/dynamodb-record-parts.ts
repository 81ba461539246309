import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import type { VersionRef } from '../core/record.ts';
import {
  currentItemKey,
  type ItemKey,
  itemFormat,
  type PartsRef,
  parsePartKey,
  partPrefix,
  partsPartition,
  recordTable,
  versionItemKey,
} from '../core/tables.ts';
import { fromAttributes, keyIn, toAttributes } from './dynamodb-attributes.ts';
import { itemLoader } from './dynamodb-item-loader.ts';
import { queryPages } from './dynamodb-pages.ts';
import { type Part, partNameOf, partNamesOf } from './record-parts.ts';

/** Few enough that the parts of one record do not throttle others. */
const concurrency = 4;

/**
 * Stores parts. Keys come from the content, so writing twice changes nothing: a part that no item
 * names in the end, because its writer lost a race or crashed, does no harm.
 */
export async function putParts(
  client: DynamoDBClient,
  TableName: string,
  parts: readonly Part[],
): Promise<void> {
  const put = ({ key, bytes }: Part) =>
    client.send(
      new PutItemCommand({ TableName, Item: toAttributes({ ...key, format: itemFormat, part: bytes }) }),
    );
  await pMap(parts, put, { concurrency });
}

/**
 * Removes the parts of a record, up to a stored version, that neither the item of their version nor
 * the current item names. No worker can append these versions any more. Safe to repeat.
 */
export async function removeUnnamedParts(
  client: DynamoDBClient,
  TableName: string,
  ref: VersionRef,
): Promise<void> {
  const found: { readonly key: ItemKey; readonly part: PartsRef }[] = [];
  for await (const items of queryPages(client, partsUntil(TableName, ref)))
    for (const key of items.map(keyIn)) {
      const part = parsePartKey(key);
      if (part) found.push({ key, part });
    }
  if (found.length === 0) return;
  const getItem = itemLoader(client, TableName);
  const owners = [...new Set(found.map(({ part }) => part.version))].map((version) =>
    versionItemKey({ ...ref, version }),
  );
  const items = await Promise.all([currentItemKey(ref), ...owners].map(getItem));
  const named = new Set(items.flatMap((item) => (item ? partNamesOf(fromAttributes(item)) : [])));
  const unnamed = found.filter(({ part }) => !named.has(partNameOf(part)));
  const remove = ({ key }: { readonly key: ItemKey }) =>
    client.send(new DeleteItemCommand({ TableName, Key: toAttributes(key) }));
  await pMap(unnamed, remove, { concurrency });
}

function partsUntil(TableName: string, ref: VersionRef): QueryCommandInput {
  return {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
    ProjectionExpression: 'pk, sk',
    ExpressionAttributeValues: toAttributes({
      ':pk': partsPartition(ref),
      ':first': recordTable.partSortKeyPrefix,
      // Sorts after every hash.
      ':last': `${partPrefix(ref)}~`,
    }),
  };
}
