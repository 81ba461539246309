import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import {
  type Attributes,
  keyIn,
  keyText,
  toAttributes,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { itemLoader } from '../../../lambdas/adapters/dynamodb-item-loader.ts';
import { queryPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import { customerKeyOf } from '../../../lambdas/adapters/record-item.ts';
import type { GetItem } from '../../../lambdas/adapters/whole-item.ts';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { parseRecordPath, type RecordKey, type RecordKind } from '../../../lambdas/core/record.ts';
import { currentItemKey, recordTable } from '../../../lambdas/core/tables.ts';
import { problemsOf } from '../../../lambdas/core/unreadable.ts';
import { summaryIn } from './record-summary.ts';

/** Criteria for records. A criterion that is left out selects all. */
export interface RecordFilter {
  readonly catalog: string;
  readonly kind: RecordKind;
  /** Stage of an opportunity, status of an invitation. */
  readonly state?: string | undefined;
  readonly reviewStatus?: string | undefined;
  /** The partner's own id, whole. */
  readonly partnerId?: string | undefined;
  /** Start of the name, in upper or lower case. */
  readonly customer?: string | undefined;
  /** Target close date or expiry: a day or an instant, compared as texts. */
  readonly dueFrom?: string | undefined;
  readonly dueBefore?: string | undefined;
  readonly updatedSince?: Instant | undefined;
}

const text = v.optional(v.string('a text'));
const rowSchema = v.object({
  version: v.number('a number'),
  title: text,
  customerName: text,
  partnerId: text,
  stage: text,
  reviewStatus: text,
  status: text,
  dueOn: text,
  modifiedAt: v.string('a text'),
  amount: v.optional(v.union([v.number(), v.instance(ExactNumber)], 'a number')),
  currency: text,
  nextSteps: text,
  owner: text,
  engagementId: text,
  tombstone: v.optional(v.boolean('true or false'), false),
});

/** The key of a record, and the summary in every index of records. */
export type RecordRow = RecordKey & v.InferOutput<typeof rowSchema>;

/** A row, or the key of one that was edited by hand and is invalid, with what is wrong. */
export type ListedRecord = RecordKey & Partial<RecordRow> & { readonly unreadable?: string };

/**
 * Queries the most selective index: by the partner's own id; by customer, ordered by name; by
 * state, next due first; otherwise last modified first.
 */
export async function* listRecords(
  filter: RecordFilter,
  client: DynamoDBClient,
  tableName: string,
): AsyncIterable<ListedRecord> {
  const { index, values, condition, isNewestFirst } = planOf(filter);
  const query = {
    TableName: tableName,
    IndexName: recordTable.indexes[index].name,
    ScanIndexForward: !isNewestFirst,
    KeyConditionExpression: condition,
    ExpressionAttributeValues: toAttributes(values),
  };
  const getItem = itemLoader(client, tableName);
  for await (const entries of queryPages(client, query)) {
    const rows = await Promise.all(entries.map((entry) => rowIn(entry, getItem)));
    yield* rows.flat().filter((each) => each.unreadable !== undefined || isWanted(each, filter));
  }
}

/** Reads the rows of these records. Records that do not exist are left out. */
export async function findListed(
  keys: readonly RecordKey[],
  client: DynamoDBClient,
  tableName: string,
): Promise<readonly ListedRecord[]> {
  const getItem = itemLoader(client, tableName);
  const found = await Promise.all(keys.map((key) => getItem(currentItemKey(key))));
  const rows = await Promise.all(found.flatMap((item) => (item ? [rowIn(item, getItem)] : [])));
  return rows.flat();
}

async function rowIn(entry: Attributes, getItem: GetItem): Promise<readonly ListedRecord[]> {
  const key = parseRecordPath(keyIn(entry).pk);
  if (!key) return [];
  const summary = await summaryIn(entry, getItem);
  const problems = problemsOf(rowSchema.entries, summary);
  if (problems.length === 0) return [{ ...key, ...v.parse(rowSchema, summary) }];
  return [{ ...key, unreadable: problems.join('; ') }];
}

/** Compares the members that the key of an index cannot. */
function isWanted(row: ListedRecord, filter: RecordFilter): boolean {
  const { state, reviewStatus, customer, dueFrom, dueBefore, updatedSince } = filter;
  const { dueOn, customerName = '' } = row;
  return (
    (state === undefined || (row.kind === 'opportunity' ? row.stage : row.status) === state) &&
    (reviewStatus === undefined || row.reviewStatus === reviewStatus) &&
    (customer === undefined || customerKeyOf(customerName).startsWith(customerKeyOf(customer))) &&
    (dueFrom === undefined || (dueOn !== undefined && dueOn >= dueFrom)) &&
    (dueBefore === undefined || (dueOn !== undefined && dueOn < dueBefore)) &&
    (updatedSince === undefined || (row.modifiedAt !== undefined && row.modifiedAt >= updatedSince))
  );
}

interface Plan {
  readonly index: keyof typeof recordTable.indexes;
  readonly condition: string;
  readonly values: Readonly<Record<string, string>>;
  readonly isNewestFirst?: true;
}

function planOf(filter: RecordFilter): Plan {
  const { catalog, kind, partnerId, customer, state, dueBefore, updatedSince } = filter;
  const catalogKind = `${catalog}/${kind}`;
  if (partnerId !== undefined)
    return {
      index: 'recordsByPartnerId',
      condition: 'partnerKey = :partner AND begins_with(pk, :kind)',
      values: { ':partner': keyText(partnerId), ':kind': `${catalogKind}/` },
    };
  if (customer !== undefined)
    return {
      index: 'recordsByCustomer',
      condition: 'catalogKind = :kind AND begins_with(customerKey, :customer)',
      values: { ':kind': catalogKind, ':customer': customerKeyOf(customer) },
    };
  if (state !== undefined)
    return {
      index: 'recordsByStatus',
      condition: `catalogKindStatus = :state${dueBefore === undefined ? '' : ' AND dueKey < :due'}`,
      values: {
        ':state': `${catalogKind}/${keyText(state)}`,
        ...(dueBefore !== undefined && { ':due': dueBefore }),
      },
    };
  return {
    index: 'recordsByModification',
    condition: `catalogKind = :kind${updatedSince === undefined ? '' : ' AND modifiedAt >= :since'}`,
    values: { ':kind': catalogKind, ...(updatedSince !== undefined && { ':since': updatedSince }) },
    isNewestFirst: true,
  };
}
