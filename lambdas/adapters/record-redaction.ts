import type { QueryCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { VersionRef } from '../core/record.ts';
import { changedPathsOf } from '../core/record-summary.ts';
import { redactContent } from '../core/redaction.ts';
import { recordTable, versionItemKey } from '../core/tables.ts';
import { isStoredMap } from '../core/unreadable.ts';
import { toAttributes } from './dynamodb-attributes.ts';
import { contentOf, type Item } from './record-content.ts';
import { ownerOf, type Part, storedContents, type VersionContent } from './record-parts.ts';

/** Returns the query for the versions before `ref` that still hold sensitive members. */
export function unredactedBefore(TableName: string, ref: VersionRef): QueryCommandInput {
  const { pk, sk } = versionItemKey({ ...ref, version: ref.version - 1 });
  return {
    TableName,
    ConsistentRead: true,
    ProjectionExpression: 'pk, sk',
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
    FilterExpression: 'attribute_not_exists(redacted)',
    ExpressionAttributeValues: toAttributes({
      ':pk': pk,
      ':first': recordTable.versionSortKeyPrefix,
      ':last': sk,
    }),
  };
}

/** How a version item is rewritten. */
export interface Rewrite {
  readonly update: UpdateItemCommandInput;
  /** Stored before the update. */
  readonly parts: readonly Part[];
}

/**
 * Returns how the sensitive members leave a version item. The update names the changed attributes
 * only, because fan-out may remove the version from the outbox at the same time. It does nothing if
 * another worker has redacted or erased the version: that worker may have removed these parts.
 * @param item with the content of its parts
 */
export function redactionOf(TableName: string, item: Item): Rewrite {
  const { payload, changes, contentHash, redacted } = redactContent(contentOf(item));
  const rest = { ...noCopies, contentHash, redacted };
  const { update, parts } = rewriteOf(TableName, item, { ...ownerOf(item), payload, changes }, rest);
  const isErased = item['erased'] === undefined ? ' AND attribute_not_exists(erased)' : '';
  const ConditionExpression = `${update.ConditionExpression} AND attribute_not_exists(redacted)${isErased}`;
  return { update: { ...update, ConditionExpression }, parts };
}

/**
 * Returns how the content of a version item is replaced, with other attributes. Undefined removes
 * one.
 */
export function rewriteOf(TableName: string, item: Item, content: VersionContent, attributes: Item): Rewrite {
  const { version, parts } = storedContents(content);
  const rest = { ...summaryOf(item, content), ...attributes };
  return { update: changeOf(TableName, item, { ...noContent, ...version, ...rest }), parts };
}

/** The paths in a summary are those of the changes that are left. An item of 0.1.0 has none. */
function summaryOf({ summary }: Item, { changes }: VersionContent): Item {
  if (!isStoredMap(summary)) return { summary: undefined };
  const { paths, changeCount } = changedPathsOf(changes);
  return { 'summary.paths': paths, 'summary.changeCount': changeCount };
}

/** Items of 0.1.0 have copies of these members of the payload. */
export const noCopies = { title: undefined, customerName: undefined };

const noContent = {
  payload: undefined,
  changes: undefined,
  packed: undefined,
  payloadParts: undefined,
  changesParts: undefined,
};

function changeOf(TableName: string, item: Item, attributes: Item): UpdateItemCommandInput {
  const changed = Object.entries(attributes).map(([name, value]) => ({
    steps: name.split('.'),
    value,
    valueName: `:${name.replace('.', '_')}`,
  }));
  const assigned = changed.filter(({ value }) => value !== undefined);
  const removed = changed.filter(({ value }) => value === undefined);
  return {
    TableName,
    Key: toAttributes({ pk: item['pk'], sk: item['sk'] }),
    UpdateExpression:
      `SET ${assigned.map(({ steps, valueName }) => `${pathOf(steps)} = ${valueName}`).join(', ')} ` +
      `REMOVE ${removed.map(({ steps }) => pathOf(steps)).join(', ')}`,
    // A deleted version must not come back as half an item.
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: Object.fromEntries(
      changed.flatMap(({ steps }) => steps.map((step) => [`#${step}`, step])),
    ),
    ExpressionAttributeValues: toAttributes(
      Object.fromEntries(changed.map(({ valueName, value }) => [valueName, value])),
    ),
  };
}

function pathOf(steps: readonly string[]): string {
  return steps.map((step) => `#${step}`).join('.');
}
