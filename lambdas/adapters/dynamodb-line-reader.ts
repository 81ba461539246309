import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Line, LineKey, Ticket } from '../core/line.ts';
import type { CommandStore, StoredContent } from '../ports/command-store.ts';
import { storeCall } from './aws-failure.ts';
import { parseContent } from './command-content-item.ts';
import { type Attributes, fromAttributes, keyIn, toAttributes } from './dynamodb-attributes.ts';
import { queryPages } from './dynamodb-pages.ts';
import {
  contentItemKey,
  lineItemKey,
  linePartition,
  lineSortKey,
  parseLine,
  parseTicket,
} from './line-item.ts';

export interface LineRows {
  readonly line: Line;
  /** By number. */
  readonly tickets: readonly Ticket[];
}

/** A transaction is seen as a whole some milliseconds after its first item. */
const mostReads = 3;

/**
 * Reads a line and its tickets, consistently. A Query may see the line after an acceptance, and not
 * yet the ticket (Developer Guide, "Isolation levels"): then it is repeated.
 * @throws ServiceError `line.unreadable` (never).
 */
export async function readLine(
  client: DynamoDBClient,
  TableName: string,
  key: LineKey,
): Promise<LineRows | undefined> {
  for (let reads = 1; ; reads += 1) {
    const rows = await queryLine(client, TableName, key);
    // A ticket that was deleted by hand never comes.
    if (!rows || rows.tickets.length >= rows.waiting || reads === mostReads) return rows;
  }
}

async function queryLine(
  client: DynamoDBClient,
  TableName: string,
  key: LineKey,
): Promise<(LineRows & { readonly waiting: number }) | undefined> {
  const items: Attributes[] = [];
  const query = {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND sk >= :line',
    ExpressionAttributeValues: toAttributes({ ':pk': linePartition(key), ':line': lineSortKey }),
  };
  for await (const page of queryPages(client, query)) items.push(...page);
  const line = items.find((item) => keyIn(item).sk === lineSortKey);
  if (!line) return undefined;
  return {
    ...parseLine(key, fromAttributes(line)),
    tickets: items.filter((item) => item !== line).map((item) => parseTicket(key, fromAttributes(item))),
  };
}

/** Reads of a line without its tickets, and of contents. */
export function dynamodbLineReads(
  client: DynamoDBClient,
  TableName: string,
): Pick<CommandStore, 'line' | 'content'> {
  return {
    line: (key) =>
      storeCall('line', async () => {
        const input = { TableName, Key: toAttributes(lineItemKey(key)), ConsistentRead: true };
        const { Item } = await client.send(new GetItemCommand(input));
        return Item && parseLine(key, fromAttributes(Item)).line;
      }),
    content: (key, number) => storeCall('content', () => readContent(client, TableName, key, number)),
  };
}

async function readContent(
  client: DynamoDBClient,
  TableName: string,
  key: LineKey,
  number: number,
): Promise<StoredContent | undefined> {
  const Key = toAttributes(contentItemKey(key, number));
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  // A write to a content that is gone leaves a row without what the client wants.
  return Item?.['packed'] && parseContent(key, fromAttributes(Item));
}
