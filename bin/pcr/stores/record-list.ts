import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { fromAttributes, keyText, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { queryPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import type { Item } from '../../../lambdas/adapters/record-content.ts';
import { customerKeyOf } from '../../../lambdas/adapters/record-item.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import {
  parseRecordPath,
  type RecordKey,
  type RecordKind,
  recordKinds,
} from '../../../lambdas/core/record.ts';
import { recordTable } from '../../../lambdas/core/tables.ts';
import { problemsOf } from '../../../lambdas/core/unreadable.ts';

/** Criteria for records. A criterion that is left out selects all. */
export interface RecordFilter {
  readonly catalog: string;
  readonly kind: RecordKind;
  /** Stage of an opportunity, status of an invitation. */
  readonly state?: string | undefined;
  readonly reviewStatus?: string | undefined;
  /** Start of the name, in upper or lower case. */
  readonly customer?: string | undefined;
  /** Target close date or expiry: a day or an instant, compared as texts. */
  readonly dueFrom?: string | undefined;
  readonly dueBefore?: string | undefined;
  readonly updatedSince?: Instant | undefined;
}

const text = v.optional(v.string('a text'));
const row = v.object({
  catalog: v.string('a text'),
  kind: v.picklist(recordKinds, `one of ${recordKinds.join(', ')}`),
  id: v.string('a text'),
  version: v.number('a number'),
  title: text,
  customerName: text,
  stage: text,
  reviewStatus: text,
  status: text,
  dueOn: text,
  engagementId: text,
  lastModifiedAt: text,
  readAt: v.string('a text'),
  tombstone: v.optional(v.boolean('true or false'), false),
});

/** A current item as the indexes of the table project it. */
export type RecordRow = v.InferOutput<typeof row>;

/** A row, or the key of one that was edited by hand and is invalid, with what is wrong. */
export type ListedRecord = RecordKey & Partial<RecordRow> & { readonly unreadable?: string };

/**
 * Queries the most selective index: by customer, ordered by name; by state, next due first;
 * otherwise last modified first.
 */
export async function* listRecords(
  filter: RecordFilter,
  client: DynamoDBClient,
  tableName: string,
): AsyncIterable<ListedRecord> {
  const { name, isNewestFirst, key, rest } = planOf(filter);
  const conditions = [...key, ...rest];
  const query = {
    TableName: tableName,
    IndexName: name,
    ScanIndexForward: !isNewestFirst,
    KeyConditionExpression: key.map(({ expression }) => expression).join(' AND '),
    FilterExpression: rest.map(({ expression }) => expression).join(' AND ') || undefined,
    // Many of the names are reserved words of DynamoDB.
    ExpressionAttributeNames: Object.fromEntries(conditions.flatMap(({ names }) => names)),
    ExpressionAttributeValues: toAttributes(
      Object.fromEntries(conditions.map(({ value }, index) => [`:v${index}`, value])),
    ),
  };
  for await (const items of queryPages(client, query)) yield* items.map(fromAttributes).flatMap(rowIn);
}

function rowIn(item: Item): readonly ListedRecord[] {
  const key = parseRecordPath(String(item['pk']));
  const problems = problemsOf(row.entries, item);
  if (problems.length === 0) return [v.parse(row, item)];
  return key ? [{ ...key, unreadable: problems.join('; ') }] : [];
}

interface Condition {
  readonly expression: string;
  readonly names: readonly (readonly [string, string])[];
  readonly value: string;
}

interface Plan {
  readonly name: string;
  readonly isNewestFirst: boolean;
  readonly key: readonly Condition[];
  readonly rest: readonly Condition[];
}

/** A condition such as `{stage} = {value}`, left out if the value is undefined. */
type Spec = readonly [template: string, value: string | undefined];

function planOf(filter: RecordFilter): Plan {
  const { catalog, kind, state, customer, dueBefore, dueFrom, reviewStatus, updatedSince } = filter;
  const { byCustomer, byStatus, byModification } = recordTable.indexes;
  const ofKind: Spec = ['{catalogKind} = {value}', `${catalog}/${kind}`];
  const ofState: Spec = [kind === 'opportunity' ? '{stage} = {value}' : '{status} = {value}', state];
  const before: Spec = ['{dueOn} < {value}', dueBefore];
  const others: readonly Spec[] = [
    ['{reviewStatus} = {value}', reviewStatus],
    ['{dueOn} >= {value}', dueFrom],
  ];
  // Summaries and invitations have no modification time of AWS: the time of the read counts.
  const since: Spec = [
    '({lastModifiedAt} >= {value} OR (attribute_not_exists({lastModifiedAt}) AND {readAt} >= {value}))',
    updatedSince,
  ];
  if (customer !== undefined) {
    const named: Spec = ['begins_with({customerKey}, {value})', customerKeyOf(customer)];
    return plan(byCustomer.name, [ofKind, named], [ofState, before, since, ...others]);
  }
  if (state !== undefined) {
    const inState: Spec = ['{catalogKindStatus} = {value}', `${catalog}/${kind}/${keyText(state)}`];
    return plan(byStatus.name, [inState, ['{dueKey} < {value}', dueBefore]], [since, ...others]);
  }
  const modified: Spec = ['{modifiedAt} >= {value}', updatedSince];
  return { ...plan(byModification.name, [ofKind, modified], [before, ...others]), isNewestFirst: true };
}

function plan(name: string, key: readonly Spec[], rest: readonly Spec[]): Plan {
  let index = 0;
  const conditionsOf = (specs: readonly Spec[]) =>
    specs.flatMap(([template, value]): Condition[] => {
      if (value === undefined) return [];
      const valueName = `:v${index}`;
      index += 1;
      const members = [...template.matchAll(/\{(\w+)\}/g)].flatMap(([, member = '']) =>
        member === 'value' ? [] : [member],
      );
      const expression = template.replaceAll(/\{(\w+)\}/g, (_, member: string) =>
        member === 'value' ? valueName : `#${member}`,
      );
      return [{ expression, names: members.map((member) => [`#${member}`, member] as const), value }];
    });
  return { name, isNewestFirst: false, key: conditionsOf(key), rest: conditionsOf(rest) };
}
