import { type DynamoDBClient, GetItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Line } from '../core/line.ts';
import type { Version } from '../core/version.ts';
import type { AcceptedCommand, CommandStore } from '../ports/command-store.ts';
import { storeCall } from './aws-failure.ts';
import { contentItem } from './command-content-item.ts';
import { type Attributes, fromAttributes, toAttributes } from './dynamodb-attributes.ts';

import { tryTransaction } from './dynamodb-transaction.ts';
import { additionTo, placeOf, signalOf } from './line-additions.ts';
import { changesOf, isOwn, lineWrite } from './line-expressions.ts';
import { lineItemKey, parseLine, ticketItem } from './line-item.ts';
import { putOfCommit } from './record-put.ts';
import { endReservation, reserve } from './reservation-item.ts';
import { endOf, markOf, movesOf, tokenUpdate } from './ticket-writes.ts';

/** The writes of several items: of a line, its tickets, contents and commands. */
export function dynamodbCommandWriter(
  client: DynamoDBClient,
  tables: { readonly records: string; readonly webhooks: string },
): Pick<CommandStore, 'accept' | 'update' | 'commit' | 'mark' | 'move'> {
  const { records, webhooks } = tables;
  return {
    accept: (line, accepted, reservation) =>
      storeCall('accept', async () => {
        const puts = await Promise.all(accepted.map((each) => putsOf(client, tables, line, each)));
        const now = accepted[0]?.version.readAt;
        if (now === undefined) throw new TypeError('an acceptance of no command');
        const reserved = reservation ? [reserve(webhooks, line.catalog, reservation, now)] : [];
        const reasons = await tryTransaction(client, 'accept', [
          ...reserved,
          { Update: additionTo(webhooks, line, now, accepted.length, accepted.length) },
          ...puts.flat(),
        ]);
        if (!reasons) return 'accepted';
        const isReserved = reservation && reasons[0]?.Code === 'ConditionalCheckFailed';
        return isReserved ? 'reserved' : 'raced';
      }),
    update: ({ line }, change, token) =>
      storeCall('update', async () => {
        const reasons = await tryTransaction(client, 'update', [
          { Update: ownUpdate(webhooks, line, changesOf(change)) },
          ...(token ? [tokenUpdate(webhooks, line, token)] : []),
        ]);
        return reasons ? 'lost' : 'written';
      }),
    commit: (before, version, intentDueAt, { line }, ofCommand) =>
      storeCall('commit', async () => {
        const { number, removeContentAt, awsMessages, frees, ...change } = ofCommand;
        const adds = removeContentAt && { waiting: -1 };
        const reasons = await tryTransaction(client, 'commit', [
          { Put: await putOfCommit(client, records, before, version, intentDueAt) },
          { Update: ownUpdate(webhooks, line, { ...changesOf(change), adds }) },
          ...(removeContentAt ? endOf(webhooks, line, number, removeContentAt, awsMessages) : []),
          ...(frees ? [endReservation(webhooks, line.catalog, frees)] : []),
        ]);
        return !reasons || isOf(version, reasons[0]?.Item) ? 'committed' : 'lost';
      }),
    move: (before, version, intentDueAt, { line }, ticket, to, frees) =>
      storeCall('move', async () => {
        const change = { ...changesOf(to.ticket ? {} : { openCall: null, fruitlessClaims: 0 }) };
        const reasons = await tryTransaction(client, 'move', [
          { Put: await putOfCommit(client, records, before, version, intentDueAt) },
          { Update: ownUpdate(webhooks, line, { ...change, adds: { waiting: -1 } }) },
          ...movesOf(webhooks, line, ticket, to),
          { Update: placeOf(webhooks, to, version.readAt) },
          ...(frees ? [endReservation(webhooks, line.catalog, frees)] : []),
        ]);
        if (!reasons || isOf(version, reasons[0]?.Item)) return 'moved';
        const isLost = [0, 1].some((index) => reasons[index]?.Code === 'ConditionalCheckFailed');
        return isLost ? 'lost' : 'raced';
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

/** What an acceptance stores of one command. */
async function putsOf(
  client: DynamoDBClient,
  { records, webhooks }: { readonly records: string; readonly webhooks: string },
  line: Line,
  { version, intentDueAt, ticket, content }: AcceptedCommand,
): Promise<TransactWriteItem[]> {
  return [
    { Put: await putOfCommit(client, records, undefined, version, intentDueAt) },
    { Put: { TableName: webhooks, Item: toAttributes(ticketItem(line, ticket)) } },
    { Put: { TableName: webhooks, Item: toAttributes(contentItem(line, ticket.number, content)) } },
  ];
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
