import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { dynamodbCommandStore } from '../../lambdas/adapters/dynamodb-command-store.ts';
import { lineItemKey, ticketItemKey } from '../../lambdas/adapters/line-item.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { ItemKey } from '../../lambdas/core/tables.ts';
import type { CommandStore } from '../../lambdas/ports/command-store.ts';
import { acceptCommand, lineKey } from '../builders/commands.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { editItem, withValue } from './edited-rows.ts';
import { type PcrUnderTest, pcrOn } from './pcr/pcr-under-test.ts';

const now: Instant = '2026-03-01T10:00:00.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';
const row = ['line#AWS/opportunity/O1234567', 'line'];

describeUnless(missingDynoxide, 'a line of commands that was edited by hand', () => {
  const engine = useDynamoDb('dynoxide');
  let pcr: PcrUnderTest;
  let commands: CommandStore;

  beforeEach(async () => {
    pcr = await pcrOn(engine, []);
    const { output } = pcr.relay;
    const tables = { records: output('RecordsTableName'), webhooks: output('WebhooksTableName') };
    commands = dynamodbCommandStore(engine.client(), tables);
    await acceptCommand(commands, 'deal-1', now);
  });

  const edit = (key: ItemKey, name: string, value: AttributeValue) =>
    editItem(engine.client(), pcr.relay.output('WebhooksTableName'), key, (item) =>
      withValue(item, name, value),
    );

  it('is listed once a claim has set it aside, and is due again after it was repaired', async () => {
    const problem = 'signals: a text; allowed: a whole number from 1 to 9999999999';
    expect((await pcr.run('rows', 'retry', ...row)).err).toContain('it is not set aside');
    await edit(lineItemKey(lineKey), 'signals', { S: 'one' });
    await expect(commands.claim(lineKey, 'claim-1', now, farFuture)).rejects.toThrow('line.unreadable');
    expect((await pcr.run('rows', 'list')).out).toContain(problem);
    expect((await pcr.run('rows', 'retry', ...row)).err).toContain(problem);
    await edit(lineItemKey(lineKey), 'signals', { N: '1' });
    expect((await pcr.run('rows', 'list')).out).toContain('readable: use `pcr rows retry`');
    expect(await pcr.run('rows', 'retry', ...row)).toMatchObject({ code: 0 });
    expect(await commands.dueLines(farFuture, 10)).toMatchObject([{ key: lineKey }]);
    expect((await pcr.run('rows', 'list')).err).toBe('No invalid rows.');
  });

  it('is not retried while one of its tickets is invalid, and the scan names the ticket', async () => {
    await edit(ticketItemKey(lineKey, 1), 'client', { BOOL: true });
    await expect(commands.claim(lineKey, 'claim-1', now, farFuture)).rejects.toThrow('line.unreadable');
    const problem = 'ticket#0000000001 client: a boolean; allowed: a text';
    expect((await pcr.run('rows', 'retry', ...row)).err).toContain(problem);
    expect((await pcr.run('rows', 'list', '--scan')).out).toContain('client: a boolean');
    expect(await commands.dueLines(farFuture, 10)).toEqual([]);
  });
});
