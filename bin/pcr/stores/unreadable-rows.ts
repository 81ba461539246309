import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { controlProblems } from '../../../lambdas/adapters/control-items.ts';
import {
  fromAttributes,
  toAttributes,
  tryConditionalWrite,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { queryPages, scanPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import type { Item } from '../../../lambdas/adapters/record-content.ts';
import { addMs, type Instant } from '../../../lambdas/core/instant.ts';
import { type ItemKey, recordTable, webhookTable } from '../../../lambdas/core/tables.ts';
import { longestWaitMs, rowProblems } from './row-problems.ts';

/** A row that is invalid, because it was edited by hand. */
export interface UnreadableRow extends ItemKey {
  readonly table: keyof RowTables;
  /** Names attributes, never values. Separated by semicolons. */
  readonly problems: string;
}

export interface RowTables {
  readonly Records: string;
  readonly Webhooks: string;
  readonly Control: string;
}

export function tablesOf({ output }: { readonly output: (name: string) => string }): RowTables {
  return {
    Records: output('RecordsTableName'),
    Webhooks: output('WebhooksTableName'),
    Control: output('ControlTableName'),
  };
}

const { due } = webhookTable.indexes;
const { outbox } = recordTable.indexes;

/** The indexes of rows that are due. */
const dueIndexes = [
  { table: 'Webhooks', ...due },
  { table: 'Records', ...outbox },
] as const;

/**
 * Finds rows that the functions set aside, and rows whose due time is so late that no worker will
 * find them. Reads the indexes of due rows only.
 */
export async function* findSetAside(
  client: DynamoDBClient,
  tables: RowTables,
  now: Instant,
): AsyncIterable<UnreadableRow> {
  for (const { table, name, partitionKey, sortKey } of dueIndexes) {
    const query = { TableName: tables[table], IndexName: name };
    const ExpressionAttributeNames = { '#partition': partitionKey, '#sort': sortKey };
    const late = toAttributes({ ':partition': 'pending', ':latest': addMs(now, longestWaitMs) });
    const queries = [
      {
        ...query,
        KeyConditionExpression: '#partition = :partition',
        ExpressionAttributeNames: { '#partition': partitionKey },
        ExpressionAttributeValues: toAttributes({ ':partition': 'unreadable' }),
      },
      {
        ...query,
        KeyConditionExpression: '#partition = :partition AND #sort > :latest',
        ExpressionAttributeNames,
        ExpressionAttributeValues: late,
      },
    ];
    for (const each of queries)
      for await (const items of queryPages(client, each))
        for (const { pk, sk } of items) {
          const key = { pk: pk?.S ?? '', sk: sk?.S ?? '' };
          const item = await readRow(client, tables[table], key);
          if (item) yield { table, ...key, problems: textOf(rowProblems(item, now)) };
        }
  }
}

/** Finds every invalid row. Reads all tables whole. */
export async function* findAll(
  client: DynamoDBClient,
  tables: RowTables,
  now: Instant,
): AsyncIterable<UnreadableRow> {
  for (const table of ['Webhooks', 'Records', 'Control'] as const)
    for await (const items of scanPages(client, { TableName: tables[table] }))
      for (const item of items.map(fromAttributes)) {
        const problems = table === 'Control' ? controlProblems(item) : rowProblems(item, now);
        // `due` of a delivery and of a line of commands.
        const isSetAside = item['due'] === 'unreadable' || item['outbox'] === 'unreadable';
        if (problems.length > 0 || isSetAside)
          yield { table, pk: String(item['pk']), sk: String(item['sk']), problems: textOf(problems) };
      }
}

function textOf(problems: readonly string[]): string {
  return problems.length > 0 ? problems.join('; ') : 'readable: use `pcr rows retry`';
}

export async function readRow(
  client: DynamoDBClient,
  TableName: string,
  { pk, sk }: ItemKey,
): Promise<Item | undefined> {
  const Key = toAttributes({ pk, sk });
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return Item && fromAttributes(Item);
}

/**
 * Removes the mark of a current item that was set aside, so that `reconcile` compares the record
 * again. Returns false if it is not set aside.
 */
export function removeMark(client: DynamoDBClient, TableName: string, { pk, sk }: ItemKey): Promise<boolean> {
  const input = {
    TableName,
    Key: toAttributes({ pk, sk }),
    UpdateExpression: 'REMOVE outbox, outboxDueAt',
    ConditionExpression: 'outbox = :unreadable',
    ExpressionAttributeValues: toAttributes({ ':unreadable': 'unreadable' }),
  };
  return tryConditionalWrite(() => client.send(new UpdateItemCommand(input)));
}

/** Makes the fan-out of a version due that was set aside. Returns false if it is not set aside. */
export function retryFanOut(
  client: DynamoDBClient,
  TableName: string,
  { pk, sk }: ItemKey,
  now: Instant,
): Promise<boolean> {
  const input = {
    TableName,
    Key: toAttributes({ pk, sk }),
    UpdateExpression: 'SET outbox = :pending, outboxDueAt = :now',
    ConditionExpression: 'outbox = :unreadable',
    ExpressionAttributeValues: toAttributes({
      ':pending': 'pending',
      ':unreadable': 'unreadable',
      ':now': now,
    }),
  };
  return tryConditionalWrite(() => client.send(new UpdateItemCommand(input)));
}
