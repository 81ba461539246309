import { DescribeTableCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type Attributes, keyIn, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import type { ItemKey } from '../../../lambdas/core/tables.ts';

export interface TableScan {
  readonly table: string;
  /** A filter expression with its values, and its names if they are reserved words. */
  readonly filter: string;
  readonly values: Readonly<Record<string, string>>;
  readonly names?: Readonly<Record<string, string>>;
  /** @default false */
  readonly isKeysOnly?: boolean;
}

export interface ScannedPage {
  readonly items: readonly Attributes[];
  /** Items of the page, also those that the filter leaves out. */
  readonly itemsRead: number;
  /** The key after which the next page begins. Undefined after the last page. */
  readonly next: ItemKey | undefined;
}

/** Reads a table page by page, from the start or after a key. Eventually consistent. */
export async function* scanFrom(
  client: DynamoDBClient,
  { table, filter, values, names, isKeysOnly = false }: TableScan,
  position: ItemKey | undefined,
): AsyncIterable<ScannedPage> {
  let next = position;
  do {
    const { Items, ScannedCount, LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: table,
        FilterExpression: filter,
        ExpressionAttributeValues: toAttributes(values),
        ...(names && { ExpressionAttributeNames: { ...names } }),
        ...(isKeysOnly && { ProjectionExpression: 'pk, sk' }),
        ...(next && { ExclusiveStartKey: toAttributes(next) }),
      }),
    );
    next = LastEvaluatedKey && keyIn(LastEvaluatedKey);
    yield { items: Items ?? [], itemsRead: ScannedCount ?? 0, next };
  } while (next);
}

/** About how many items a table has: DynamoDB counts them every six hours. */
export async function countItems(client: DynamoDBClient, TableName: string): Promise<number> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  return Table?.ItemCount ?? 0;
}
