import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { fromAttributes, toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbCommandStore } from '../../lambdas/adapters/dynamodb-command-store.ts';
import { contentItemKey, lineItemKey, ticketItemKey } from '../../lambdas/adapters/line-item.ts';
import { epochMsOf, type Instant } from '../../lambdas/core/instant.ts';
import type { ItemKey } from '../../lambdas/core/tables.ts';
import { acceptCommand, lineKey, sampleContent, succeededVersion } from '../builders/commands.ts';

interface Tables {
  readonly client: DynamoDBClient;
  readonly records: string;
  readonly webhooks: string;
}

const now: Instant = '2026-03-01T10:00:00.000Z';
const leaseEnds: Instant = '2026-03-01T10:02:00.000Z';
const removeContentAt: Instant = '2026-05-30T10:00:00.000Z';

/** The rows of lines in the Webhooks table. @param newTables makes empty tables */
export function commandItemSuite(newTables: () => Promise<Tables>): void {
  const withCommand = async () => {
    const tables = await newTables();
    const { client, records, webhooks: TableName } = tables;
    const commands = dynamodbCommandStore(client, tables);
    const { version } = await acceptCommand(commands, 'deal-1', now);
    const item = async (key: ItemKey) => {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: toAttributes(key) }));
      return Item && fromAttributes(Item);
    };
    return { client, commands, version, item, records, webhooks: TableName };
  };

  test('only a line that has work is in the index of due work, and tickets and contents never are', async () => {
    const { commands, item } = await withCommand();
    expect(await item(lineItemKey(lineKey))).toMatchObject({
      due: 'line',
      dueAt: now,
      waiting: 1,
      format: 1,
    });
    expect(await item(ticketItemKey(lineKey, 1))).not.toHaveProperty('due');
    expect(await item(contentItemKey(lineKey, 1))).not.toHaveProperty('due');
    const claim = await commands.claim(lineKey, 'claim-1', now, leaseEnds);
    if (claim) await commands.release(claim, undefined);
    expect(await item(lineItemKey(lineKey))).not.toHaveProperty('due');
    expect(await item(lineItemKey(lineKey))).not.toHaveProperty('dueAt');
  });

  test('the content of a command is removed when its worker says, and not before the command has ended', async () => {
    const { commands, version, item } = await withCommand();
    expect(await item(contentItemKey(lineKey, 1))).not.toHaveProperty('expiresAtEpochSeconds');
    const claim = await commands.claim(lineKey, 'claim-1', now, leaseEnds);
    const change = { number: 1, removeContentAt };
    if (claim) await commands.commit(version, succeededVersion(version, now), now, claim, change);
    const expiresAtEpochSeconds = epochMsOf(removeContentAt) / 1_000;
    expect(await item(contentItemKey(lineKey, 1))).toMatchObject({ expiresAtEpochSeconds });
    expect(await item(lineItemKey(lineKey))).toMatchObject({ waiting: 0 });
    expect(await item(ticketItemKey(lineKey, 1))).toBeUndefined();
  });

  test('no value that a client sent is in a row that people read', async () => {
    const { item } = await withCommand();
    for (const key of [lineItemKey(lineKey), ticketItemKey(lineKey, 1), contentItemKey(lineKey, 1)])
      expect(JSON.stringify(await item(key))).not.toMatch(/Qualified|Prospect/);
  });

  test('a command whose content was deleted by hand ends like any other, and its content stays gone', async () => {
    const { client, commands, version, webhooks } = await withCommand();
    const Key = toAttributes(contentItemKey(lineKey, 1));
    await client.send(new DeleteItemCommand({ TableName: webhooks, Key }));
    expect(await commands.content(lineKey, 1)).toBeUndefined();
    const claim = await commands.claim(lineKey, 'claim-1', now, leaseEnds);
    const change = { number: 1, removeContentAt };
    const ended = succeededVersion(version, now);
    if (claim) expect(await commands.commit(version, ended, now, claim, change)).toBe('committed');
    expect(await commands.content(lineKey, 1)).toBeUndefined();
  });

  test('a line whose ticket is not seen yet is read again, at most three times', async () => {
    const { client, commands, webhooks } = await withCommand();
    const Key = toAttributes(ticketItemKey(lineKey, 1));
    await client.send(new DeleteItemCommand({ TableName: webhooks, Key }));
    const reads = countingSends(client, QueryCommand);
    const claim = await commands.claim(lineKey, 'claim-1', now, leaseEnds);
    reads.stop();
    expect(claim?.tickets).toEqual([]);
    expect(reads.count()).toBe(3);
  });

  test('an acceptance whose answer is lost is sent again by the SDK, and is accepted once', async () => {
    const { client, records, webhooks } = await newTables();
    const lost = losingFirstAnswer(client);
    const { outcome } = await acceptCommand(
      dynamodbCommandStore(client, { records, webhooks }),
      'deal-1',
      now,
    );
    lost.stop();
    expect([outcome, lost.count()]).toEqual(['accepted', 2]);
  });

  test('a write that another transaction prevents is repeated, and refused in the end as unavailable', async () => {
    const { client, commands } = await withCommand();
    const claim = await commands.claim(lineKey, 'claim-1', now, leaseEnds);
    const once = failingSends(client, 1);
    if (claim) expect(await commands.update(claim, { fruitlessClaims: 0 })).toBe('written');
    once.stop();
    const always = failingSends(client, Number.POSITIVE_INFINITY);
    const refused = claim && commands.update(claim, { fruitlessClaims: 0 });
    await expect(refused).rejects.toMatchObject({ code: 'store.unavailable' });
    always.stop();
    expect(always.count()).toBe(5);
    expect(await commands.content(lineKey, 1)).toEqual(sampleContent);
  });
}

interface Spy {
  readonly count: () => number;
  readonly stop: () => void;
}

type Kind = typeof QueryCommand | typeof TransactWriteItemsCommand;

/** Counts the calls of one kind. The first of them fail, if `fail` throws. */
function countingSends(client: DynamoDBClient, kind: Kind, fail?: (nth: number) => void): Spy {
  let sent = 0;
  const name = `count ${kind.name}`;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context['commandName'] === kind.name) {
        sent += 1;
        fail?.(sent);
      }
      return next(args);
    },
    { step: 'initialize', name },
  );
  return { count: () => sent, stop: () => void client.middlewareStack.remove(name) };
}

/** Loses the first answer to a transaction, so that the SDK repeats the request. */
function losingFirstAnswer(client: DynamoDBClient): Spy {
  let sent = 0;
  const name = 'lose an answer';
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (context['commandName'] !== TransactWriteItemsCommand.name) return answer;
      sent += 1;
      if (sent === 1) throw Object.assign(new Error('the connection was reset'), { name: 'TimeoutError' });
      return answer;
    },
    { step: 'finalizeRequest', priority: 'low', name },
  );
  return { count: () => sent, stop: () => void client.middlewareStack.remove(name) };
}

function failingSends(client: DynamoDBClient, times: number): Spy {
  return countingSends(client, TransactWriteItemsCommand, (nth) => {
    if (nth > times) return;
    throw new TransactionCanceledException({
      $metadata: {},
      message: 'Transaction cancelled [TransactionConflict]',
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    });
  });
}
