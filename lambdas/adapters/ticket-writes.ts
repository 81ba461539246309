import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { epochMsOf, type Instant } from '../core/instant.ts';
import type { LineKey } from '../core/line.ts';
import { webhookTable } from '../core/tables.ts';
import type { TokenRequest } from '../ports/command-store.ts';
import { toAttributes } from './dynamodb-attributes.ts';
import { contentItemKey, ticketItemKey } from './line-item.ts';
import { packJson } from './packed-json.ts';

export function tokenUpdate(
  TableName: string,
  key: LineKey,
  { number, tokenRequest }: { readonly number: number; readonly tokenRequest: TokenRequest },
): TransactWriteItem {
  const Update = {
    TableName,
    Key: toAttributes(contentItemKey(key, number)),
    UpdateExpression: 'SET tokenRequest = :tokenRequest',
    ExpressionAttributeValues: toAttributes({ ':tokenRequest': packJson(tokenRequest) }),
  };
  return { Update };
}

/** What else changes when a command has ended. */
export function endOf(
  TableName: string,
  key: LineKey,
  number: number,
  removeContentAt: Instant,
  awsMessages: readonly string[] | undefined,
): TransactWriteItem[] {
  const content = {
    TableName,
    Key: toAttributes(contentItemKey(key, number)),
    UpdateExpression: `SET #expiry = :expiry${awsMessages ? ', awsMessages = :awsMessages' : ''}`,
    ExpressionAttributeNames: { '#expiry': webhookTable.timeToLive },
    ExpressionAttributeValues: toAttributes({
      ':expiry': Math.ceil(epochMsOf(removeContentAt) / 1_000),
      ':awsMessages': awsMessages,
    }),
  };
  return [{ Delete: { TableName, Key: toAttributes(ticketItemKey(key, number)) } }, { Update: content }];
}

export function markOf(
  TableName: string,
  key: LineKey,
  number: number,
  mark: 'approved' | 'cancelled',
): TransactWriteItem {
  const set = mark === 'approved' ? 'needsApproval = :value' : 'isCancelled = :value';
  const Update = {
    TableName,
    Key: toAttributes(ticketItemKey(key, number)),
    UpdateExpression: `SET ${set}`,
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: toAttributes({ ':value': mark === 'cancelled' }),
  };
  return { Update };
}
