import type { QueryCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { VersionRef } from '../core/record.ts';
import { redactContent } from '../core/redaction.ts';
import { recordTable, versionItemKey } from '../core/tables.ts';
import { type Attributes, fromAttributes, toAttributes } from './dynamodb-attributes.ts';
import { contentOf, type Item, storedContent } from './record-content.ts';

/** Returns the query for the versions before `ref` that still hold sensitive members. */
export function unredactedBefore(TableName: string, ref: VersionRef): QueryCommandInput {
  const { pk, sk } = versionItemKey({ ...ref, version: ref.version - 1 });
  return {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
    FilterExpression: 'attribute_not_exists(redacted)',
    ExpressionAttributeValues: toAttributes({
      ':pk': pk,
      ':first': recordTable.versionSortKeyPrefix,
      ':last': sk,
    }),
  };
}

/**
 * Returns the update that removes the sensitive members from one version item. It names the changed
 * attributes only, because fan-out may remove the version from the outbox at the same time.
 */
export function redactionOf(TableName: string, attributes: Attributes): UpdateItemCommandInput {
  const item = fromAttributes(attributes);
  return changeOf(TableName, item, redactedAttributes(item));
}

/** Returns the update that sets attributes of a version item. Undefined removes one. */
export function changeOf(TableName: string, item: Item, attributes: Item): UpdateItemCommandInput {
  const changed = Object.entries(attributes);
  const assigned = changed.filter(([, value]) => value !== undefined).map(([name]) => `#${name} = :${name}`);
  const removed = changed.filter(([, value]) => value === undefined).map(([name]) => `#${name}`);
  return {
    TableName,
    Key: toAttributes({ pk: item['pk'], sk: item['sk'] }),
    UpdateExpression: `SET ${assigned.join(', ')} REMOVE ${removed.join(', ')}`,
    // A deleted version must not come back as half an item.
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: Object.fromEntries(changed.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: toAttributes(
      Object.fromEntries(changed.map(([name, value]) => [`:${name}`, value])),
    ),
  };
}

/**
 * Returns the changed attributes; undefined removes one. Engagement, dates and status are not
 * sensitive.
 */
function redactedAttributes(item: Item): Item {
  const { payload, changes, attributes, contentHash, redacted } = redactContent(contentOf(item));
  const { title, customerName } = attributes;
  const gone = { payload: undefined, changes: undefined, packed: undefined };
  return { ...gone, ...storedContent({ payload, changes }), title, customerName, contentHash, redacted };
}
