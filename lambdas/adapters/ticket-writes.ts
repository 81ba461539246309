import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { epochMsOf, type Instant } from '../core/instant.ts';
import type { LineKey, Ticket } from '../core/line.ts';
import { webhookTable } from '../core/tables.ts';
import type { NewPlace, TokenRequest } from '../ports/command-store.ts';
import { contentItem } from './command-content-item.ts';
import { toAttributes } from './dynamodb-attributes.ts';
import { contentItemKey, ticketItem, ticketItemKey } from './line-item.ts';
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

/** Takes the ticket and the content out of one line, and puts them into another. */
export function movesOf(
  TableName: string,
  from: LineKey,
  { number, needsApproval, isCancelled }: Ticket,
  { line, number: next, ticket, content, removeContentAt }: NewPlace,
): TransactWriteItem[] {
  const Delete = {
    TableName,
    Key: toAttributes(ticketItemKey(from, number)),
    // A mark that was set since would be lost.
    ConditionExpression: 'needsApproval = :needsApproval AND isCancelled = :isCancelled',
    ExpressionAttributeValues: toAttributes({
      ':needsApproval': needsApproval,
      ':isCancelled': isCancelled,
    }),
  };
  const item = { ...contentItem(line, next, content), ...(removeContentAt && expiryAt(removeContentAt)) };
  return [
    { Delete },
    { Delete: { TableName, Key: toAttributes(contentItemKey(from, number)) } },
    { Put: { TableName, Item: toAttributes(item) } },
    ...(ticket ? [{ Put: { TableName, Item: toAttributes(ticketItem(line, ticket)) } }] : []),
  ];
}

function expiryAt(removeContentAt: Instant) {
  return { [webhookTable.timeToLive]: Math.ceil(epochMsOf(removeContentAt) / 1_000) };
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
