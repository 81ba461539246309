import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parseContent } from '../../../lambdas/adapters/command-content-item.ts';
import { fromAttributes, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { queryPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import {
  contentSortKeyPrefix,
  lineIn,
  linePartition,
  lineSortKey,
  parseLine,
  parseTicket,
  ticketSortKeyPrefix,
} from '../../../lambdas/adapters/line-item.ts';
import type { Item } from '../../../lambdas/adapters/record-content.ts';
import type { LineKey } from '../../../lambdas/core/line.ts';
import { isFailure } from '../../../lambdas/core/service-error.ts';

const parsers = [
  [lineSortKey, parseLine],
  [ticketSortKeyPrefix, parseTicket],
  [contentSortKeyPrefix, parseContent],
] as const;

/**
 * Returns what is invalid in a line of commands, a ticket or a content. Names attributes, never
 * values. Undefined for any other row.
 */
export function lineProblems(item: Item): readonly string[] | undefined {
  const key = lineIn(String(item['pk']));
  const [, parse] = parsers.find(([beginning]) => String(item['sk']).startsWith(beginning)) ?? [];
  if (!key || !parse) return undefined;
  return problemsOfRead(() => parse(key, item));
}

/** Returns what is invalid in a line and its tickets. */
export async function storedLineProblems(
  client: DynamoDBClient,
  tableName: string,
  line: LineKey,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const query = {
    TableName: tableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND sk >= :line',
    ExpressionAttributeValues: toAttributes({ ':pk': linePartition(line), ':line': lineSortKey }),
  };
  for await (const items of queryPages(client, query))
    problems.push(...items.flatMap((item) => lineProblems(fromAttributes(item)) ?? []));
  return problems;
}

/** Returns what is invalid in what is read. */
function problemsOfRead(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (isFailure(error, 'line.unreadable')) return error.details.problems;
    throw error;
  }
}
