import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../core/instant.ts';
import type { Line } from '../core/line.ts';
import { itemFormat } from '../core/tables.ts';
import type { Version } from '../core/version.ts';
import type { CommandStore } from '../ports/command-store.ts';
import { storeCall } from './aws-failure.ts';
import { contentItem } from './command-content-item.ts';
import { type Attributes, fromAttributes, toAttributes } from './dynamodb-attributes.ts';

import { tryTransaction } from './dynamodb-transaction.ts';
import { changesOf, isFree, isOwn, lineWrite } from './line-expressions.ts';
import { dueLine, lineItemKey, parseLine, ticketItem } from './line-item.ts';
import { putOfCommit } from './record-put.ts';
import { endOf, markOf, tokenUpdate } from './ticket-writes.ts';

/** The writes of several items: of a line, its tickets, contents and commands. */
export function dynamodbCommandWriter(
  client: DynamoDBClient,
  { records, webhooks }: { readonly records: string; readonly webhooks: string },
): Pick<CommandStore, 'accept' | 'update' | 'commit' | 'mark'> {
  return {
    accept: (version, intentDueAt, line, ticket, content) =>
      storeCall('accept', async () => {
        const reasons = await tryTransaction(client, 'accept', [
          { Put: await putOfCommit(client, records, undefined, version, intentDueAt) },
          { Update: acceptanceOf(webhooks, line, version.readAt) },
          { Put: { TableName: webhooks, Item: toAttributes(ticketItem(line, ticket)) } },
          { Put: { TableName: webhooks, Item: toAttributes(contentItem(line, ticket.number, content)) } },
        ]);
        return reasons ? 'raced' : 'accepted';
      }),
    update: ({ line }, change, token) =>
      storeCall('update', async () => {
        const reasons = await tryTransaction(client, 'update', [
          { Update: ownUpdate(webhooks, line, changesOf(change)) },
          ...(token ? [tokenUpdate(webhooks, line, token)] : []),
        ]);
        return reasons ? 'lost' : 'written';
      }),
    commit: (before, version, intentDueAt, { line }, { number, removeContentAt, awsMessages, ...change }) =>
      storeCall('commit', async () => {
        const adds = removeContentAt && { waiting: -1 };
        const reasons = await tryTransaction(client, 'commit', [
          { Put: await putOfCommit(client, records, before, version, intentDueAt) },
          { Update: ownUpdate(webhooks, line, { ...changesOf(change), adds }) },
          ...(removeContentAt ? endOf(webhooks, line, number, removeContentAt, awsMessages) : []),
        ]);
        return !reasons || isOf(version, reasons[0]?.Item) ? 'committed' : 'lost';
      }),
    mark: (key, number, mark, now) =>
      storeCall('mark', async () => {
        const Key = toAttributes(lineItemKey(key));
        for (;;) {
          const input = { TableName: webhooks, Key, ConsistentRead: true };
          const { Item } = await client.send(new GetItemCommand(input));
          if (!Item) return 'absent';
          const { line } = parseLine(key, fromAttributes(Item));
          const reasons = await tryTransaction(client, 'mark', [
            markOf(webhooks, key, number, mark),
            { Update: lineWrite(webhooks, key, { ...signalOf(line, now), adds: { signals: 1 } }) },
          ]);
          if (!reasons) return 'marked';
          if (reasons[0]?.Code === 'ConditionalCheckFailed') return 'absent';
        }
      }),
  };
}

/** Whether the item that was there instead is what this write, repeated, had written. */
function isOf({ messageId }: Version, item: Attributes | undefined): boolean {
  return item?.['messageId']?.S === messageId;
}

/** Makes a line due, unless a worker has it, as long as that does not change. */
function signalOf({ claimId }: Line, now: Instant) {
  if (claimId === undefined)
    return { sets: { due: dueLine, dueAt: now }, condition: `attribute_exists(pk) AND ${isFree}` };
  return { condition: isOwn, values: { ':claimId': claimId } };
}

function acceptanceOf(table: string, line: Line, now: Instant) {
  if (line.signals === 0) {
    const first = { format: itemFormat, signals: 1, fruitlessClaims: 0, applied: [], waiting: 1 };
    const sets = { ...first, due: dueLine, dueAt: now };
    return lineWrite(table, line, { sets, condition: 'attribute_not_exists(pk)' });
  }
  const { condition, values, sets } = signalOf(line, now);
  return lineWrite(table, line, {
    sets,
    adds: { signals: 1, waiting: 1 },
    condition: `${condition} AND signals = :signals`,
    values: { ...values, ':signals': line.signals },
  });
}

function ownUpdate(
  table: string,
  line: Line & { readonly claimId: string },
  change: Pick<Parameters<typeof lineWrite>[2], 'sets' | 'removes' | 'adds'>,
) {
  // DynamoDB refuses an update that changes nothing.
  const sets = { ...change.sets, claimId: line.claimId };
  const values = { ':claimId': line.claimId };
  return lineWrite(table, line, { ...change, sets, condition: isOwn, values });
}
