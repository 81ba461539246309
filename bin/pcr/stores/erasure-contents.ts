import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { toAttributes, tryConditionalWrite } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { contentSortKeyPrefix, lineIn } from '../../../lambdas/adapters/line-item.ts';
import { unpackJson } from '../../../lambdas/adapters/packed-json.ts';
import type { Item } from '../../../lambdas/adapters/record-content.ts';
import { linePath } from '../../../lambdas/core/line.ts';
import { type ItemKey, webhookTable } from '../../../lambdas/core/tables.ts';

/** What a client wants with a command, as far as an erasure needs it. */
export interface FoundContent {
  readonly row: ItemKey;
  /** Path of the record that the command is about. */
  readonly record: string;
  /** The content of a command that has not ended is still wanted. */
  readonly hasEnded: boolean;
  /** Whether it contains the searched text. */
  readonly matches: boolean;
}

/** From the key: a row that was edited by hand has values too. */
export function foundContent(
  item: Item,
  matches: (texts: readonly string[]) => boolean,
): readonly FoundContent[] {
  const row = { pk: String(item['pk']), sk: String(item['sk']) };
  const line = lineIn(row.pk);
  if (!line || !row.sk.startsWith(contentSortKeyPrefix)) return [];
  const values = [item, unpackJson(item['packed']), unpackJson(item['tokenRequest'])];
  const hasEnded = item[webhookTable.timeToLive] !== undefined;
  return [{ row, record: linePath(line), hasEnded, matches: matches(texts(values)) }];
}

export async function removeContent(
  client: DynamoDBClient,
  TableName: string,
  { row }: FoundContent,
): Promise<void> {
  const input = {
    TableName,
    Key: toAttributes(row),
    ConditionExpression: `attribute_exists(${webhookTable.timeToLive})`,
  };
  await tryConditionalWrite(() => client.send(new DeleteItemCommand(input)));
}

/** Every text in a value. */
export function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(texts);
}
