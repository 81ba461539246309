import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type ItemKey, itemFormat } from '../core/tables.ts';
import { problemsOf } from '../core/unreadable.ts';
import { storedInstant } from '../core/value-schema.ts';
import type { ExportStore } from '../ports/export-store.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';
import { ifRevisionIs, parseRevision } from './dynamodb-revision.ts';

/** Key of the item in the Control table. */
const exportItemKey: ItemKey = { pk: 'export', sk: 'records' };

const text = v.pipe(v.string('a text'), v.nonEmpty('a text'));

/** Attributes of the item besides its keys, its format and its revision. See ExportState. */
export const exportAttributes = {
  table: text,
  bucket: text,
  since: storedInstant,
  fullAt: v.optional(storedInstant),
  exportedTo: v.optional(storedInstant),
  running: v.optional(
    v.object({ from: v.optional(storedInstant), to: storedInstant, arn: v.optional(text) }),
  ),
  failures: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  failedAt: v.optional(storedInstant),
  failure: v.optional(text),
} as const satisfies v.ObjectEntries;

const storedState = v.object(exportAttributes);

/** @param tableName of the Control table */
export function dynamodbExportStore(client: DynamoDBClient, tableName: string): ExportStore {
  return {
    read: () =>
      storeCall('readExport', async () => {
        const input = { TableName: tableName, Key: toAttributes(exportItemKey), ConsistentRead: true };
        const { Item } = await client.send(new GetItemCommand(input));
        const item = Item && fromAttributes(Item);
        const parsed = v.safeParse(storedState, item);
        return {
          state: parsed.success ? parsed.output : undefined,
          problems: item === undefined ? [] : problemsOf(exportAttributes, item),
          revision: parseRevision(item?.['revision']),
        };
      }),
    write: (state, revision) =>
      storeCall('writeExport', async () => {
        const input = {
          TableName: tableName,
          Item: toAttributes({ ...exportItemKey, format: itemFormat, ...state, revision: revision + 1 }),
          ...ifRevisionIs(revision),
        };
        return (await tryConditionalWrite(() => client.send(new PutItemCommand(input))))
          ? 'written'
          : 'raced';
      }),
  };
}
