import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Relay } from '../../../bin/pcr/relay.ts';
import { dynamodbCommandStore } from '../../../lambdas/adapters/dynamodb-command-store.ts';
import { dynamodbQuotaLedger } from '../../../lambdas/adapters/dynamodb-quota-ledger.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { ledgerItem } from '../../../lambdas/quota/ledger-item.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { signingClient } from '../../builders/clients.ts';
import { lineKey } from '../../builders/commands.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { observation, opportunityKey, versionOf } from '../../builders/versions.ts';
import { runWith } from '../../fakes/recorded-io.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { sendAsClient } from './client-commands.ts';
import { pcrTest } from './pcr-test.ts';

const id = opportunityKey.id;
const update = {
  action: 'opportunity.update',
  catalog: 'AWS',
  target: id,
  patch: { LifeCycle: { Stage: 'Qualified' } },
};
const loss = { ...update, patch: { LifeCycle: { Stage: 'Closed Lost', ClosedLostReason: 'Price' } } };

/** AWS Lambda and STS, as far as these commands call them. */
let aws: LoopbackServer;
beforeAll(async () => {
  aws = await startLoopbackServer((request, response) => {
    request.resume();
    if (request.url?.includes('/functions/')) {
      const reads = { CATALOGS: 'AWS', READS_PER_SECOND: '10', READS_PER_DAY: '100000' };
      const Variables = { COMMANDS: 'AWS:opportunity.update', TIME_SCALE: '1', ...reads };
      response.end(JSON.stringify({ Environment: { Variables } }));
      return;
    }
    const arn = 'arn:aws:sts::111122223333:assumed-role/operator/jane';
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
  });
});
afterAll(() => aws.stop());

/** The stack with commands, and one opportunity. */
async function withCommands(found: Relay): Promise<Relay> {
  const outputs = new Map([
    ...found.outputs,
    ['CommandsFunctionName', 'commands'] as const,
    ['CommandsUrl', aws.url] as const,
    ['ReconcileFunctionName', 'reconcile'] as const,
    ['WritesPerSecond', '1'] as const,
    ['WritesPerDay', '10000'] as const,
    ['ActQueueUrl', `${aws.url}/111122223333/act`] as const,
  ]);
  const settings = { ...clientSettings(aws.url), maxAttempts: 1 };
  const payload = opportunityPayload({ reviewStatus: 'Approved', targetCloseDate: '2999-12-31' });
  await appendVersion(found.records, undefined, versionOf(observation({ payload })));
  return {
    ...found,
    outputs,
    output: (name) => outputs.get(name) ?? '',
    clientSettings: settings,
    clients: { ...found.clients, lambda: new LambdaClient(settings) },
  };
}

function file(request: JsonObject | string): string {
  const path = join(temporaryFolder(), 'request.json');
  writeFileSync(path, typeof request === 'string' ? request : JSON.stringify(request));
  return path;
}

const sentSchema = v.object({ id: v.string(), key: v.string(), status: v.string() });

/** Runs `pcr` on that stack. */
async function runOn(found: Relay) {
  const relay = await withCommands(found);
  return (...args: readonly string[]) => runWith(args, { relay, answer: true });
}

describe('pcr commands', () => {
  const test = pcrTest([]);

  test('send accepts a command once, and show prints it with its request', async ({ pcr }) => {
    const run = await runOn(pcr.relay);
    const sent = await run('commands', 'send', file(update), '--key', 'deal-1/stage', '--json');
    expect(sent).toMatchObject({ code: 0, err: '' });
    const command = v.parse(sentSchema, JSON.parse(sent.out));
    expect(command).toEqual({ id: command.id, key: 'deal-1/stage', status: 'accepted' });
    const again = await run('commands', 'send', file(update), '--key', 'deal-1/stage');
    expect(again.out).toContain(`Accepted before with the key deal-1/stage: ${command.id}, accepted.`);
    for (const named of [command.id, 'deal-1/stage']) {
      const { out } = await run('commands', 'show', named);
      expect(out).toContain('arn:aws:sts::111122223333:assumed-role/operator');
      expect(out).toContain('AWS/opportunity/O1234567');
      expect(out).toContain('"Stage": "Qualified"');
    }
  });

  test('send without a key makes a new one each time', async ({ pcr }) => {
    const run = await runOn(pcr.relay);
    const { out } = await run('commands', 'send', file(update));
    expect(out).toMatch(/^Accepted with the key pcr\/2026-03-01T10:00:05\.000Z\/\w+: cmd_/);
  });

  test('send names every problem of a request, and exits with 2', async ({ pcr }) => {
    const run = await runOn(pcr.relay);
    const request = file({ ...update, onConflict: 'ask', target: 7 });
    const { code, err } = await run('commands', 'send', request, '--key', 'a');
    expect(code).toBe(2);
    expect(err).toContain('/onConflict: "ask"; allowed: one of fail, overwrite');
    expect(err).toContain('/target: 7; allowed: O and 1 to 19 digits');
    expect(await run('commands', 'send', file('{'), '--key', 'a')).toMatchObject({
      code: 2,
      err: expect.stringContaining('not JSON; allowed: the request of a command'),
    });
    expect((await run('commands', 'list')).err).toBe('No such commands.');
  });

  test('send refuses an action that the stack has not enabled', async ({ pcr }) => {
    const run = await runOn(pcr.relay);
    const request = file({ action: 'invitation.accept', catalog: 'AWS', target: 'engi-abcdefgh12345' });
    const { code, err } = await run('commands', 'send', request, '--key', 'a');
    expect(code).toBe(2);
    expect(err).toContain('AWS:invitation.accept is not enabled; allowed: AWS:opportunity.update');
  });

  test('check prints what would change, and stores nothing', async ({ pcr }) => {
    const run = await runOn(pcr.relay);
    const { code, out } = await run('commands', 'check', file(update));
    expect(code).toBe(0);
    expect(out).toMatch(/\/LifeCycle\/Stage +Prospect +Qualified/);
    const past = file({ ...update, patch: { LifeCycle: { TargetCloseDate: '2020-01-01' } } });
    expect(await run('commands', 'check', past)).toMatchObject({
      code: 1,
      err: expect.stringContaining('1 problem'),
    });
    expect((await run('commands', 'list')).err).toBe('No such commands.');
  });

  test('list finds commands by status and target', async ({ pcr }) => {
    const run = await runOn(pcr.relay);
    await run('commands', 'send', file(update), '--key', 'a');
    await run('commands', 'send', file(loss), '--key', 'b');
    const keysOf = async (...args: readonly string[]) => {
      const { out } = await run('commands', 'list', ...args, '--json');
      return v
        .parse(v.array(sentSchema), JSON.parse(out))
        .map(({ key }) => key)
        .toSorted();
    };
    expect(await keysOf()).toEqual(['a', 'b']);
    expect(await keysOf('--status', 'waiting')).toEqual(['b']);
    expect(await keysOf('--target', id)).toEqual(['a', 'b']);
    expect(await keysOf('--target', 'O9')).toEqual([]);
    expect((await run('commands', 'list', '--status', 'waiting')).out).toContain('approval');
  });

  test('approve lets a command go that cannot be undone, and no other', async ({ pcr }) => {
    const run = await runOn(pcr.relay);
    await run('commands', 'send', file(loss), '--key', 'a');
    await run('commands', 'send', file(update), '--key', 'b');
    const approved = await run('commands', 'approve', 'a');
    expect(approved).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^cmd_\w+ of arn:aws:\S+operator is approved\.$/),
    });
    expect(approved.err).toContain(
      'asks for opportunity.update of AWS/opportunity/O1234567, /LifeCycle/Stage /LifeCycle/ClosedLostReason',
    );
    expect(await run('commands', 'approve', 'b', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('waits for no approval'),
    });
  });

  test('approve lets a command go that waits because of the policy of its client', async ({ pcr }) => {
    const run = await runOn(pcr.relay);
    const commandId = await sendAsClient(signingClient({ approval: 'always' }), 'a', pcr.relay);
    const store = dynamodbCommandStore(pcr.relay.clients.dynamodb, {
      records: pcr.relay.output('RecordsTableName'),
      webhooks: pcr.relay.output('WebhooksTableName'),
    });
    const claim = () =>
      store.claim(lineKey, 'worker', '2026-03-01T10:01:00.000Z', '2026-03-01T10:02:00.000Z');
    expect((await run('commands', 'list', '--client', 'crm', '--status', 'waiting')).out).toContain(
      commandId,
    );
    const approved = await run('commands', 'approve', commandId);
    expect(approved).toMatchObject({ code: 0, out: `${commandId} of crm is approved.` });
    expect(approved.err).toContain('crm asks for opportunity.update of AWS/opportunity/O1234567');
    expect((await claim())?.tickets).toMatchObject([{ commandId, needsApproval: false }]);
    expect(JSON.parse((await run('commands', 'approve', commandId, '--yes', '--json')).out)).toEqual({
      id: commandId,
      client: 'crm',
      approved: true,
    });
  });

  test('cancel marks a command, and names one that does not exist', async ({ pcr }) => {
    const run = await runOn(pcr.relay);
    await run('commands', 'send', file(update), '--key', 'a');
    expect(await run('commands', 'cancel', 'a')).toMatchObject({ code: 0, err: '' });
    expect(await run('commands', 'cancel', 'other')).toMatchObject({
      code: 2,
      err: expect.stringContaining('other: there is no such command'),
    });
  });

  test('pause and resume change the switch of commands', async ({ pcr }) => {
    const run = await runOn(pcr.relay);
    expect((await run('commands', 'pause')).out).toBe('Commands wait until `pcr commands resume`.');
    expect(JSON.parse((await run('commands', 'pause', '--json')).out)).toEqual({ paused: true });
    expect((await run('commands', 'resume')).out).toBe('Commands go on within a minute.');
  });

  test('a stack without commands names the setting', async ({ pcr }) => {
    for (const args of [['send', file(update)], ['check', file(update)], ['pause'], ['cancel', 'a']])
      expect(await runWith(['commands', ...args], { relay: pcr.relay })).toMatchObject({
        code: 2,
        err: expect.stringContaining('commands are off; allowed: a stack whose setting relay:commands'),
      });
  });
});

describe('pcr quota, on a stack that takes commands', () => {
  const test = pcrTest([]);

  test('prints the used writes beside the used reads', async ({ pcr }) => {
    const { clients, output } = pcr.relay;
    for (const [calls, used] of [['reads', 300] as const, ['writes', 42] as const]) {
      const instant = '2026-03-01T10:00:05.000Z';
      const item = ledgerItem({
        writer: 'act',
        writtenAt: instant,
        nextFreeAt: instant,
        closures: 0,
        hours: { '2026-03-01T10': used },
      });
      await dynamodbQuotaLedger(clients.dynamodb, output('ControlTableName'), calls).write(item, 0);
    }
    const run = await runOn(pcr.relay);
    const { code, out } = await run('quota');
    expect(code).toBe(0);
    expect(out).toMatch(/Reads in 24 hours: +300 of 100000 \(0\.3 %\)/);
    expect(out).toMatch(/Writes in 24 hours: +42 of 10000 \(0\.4 %\)/);
    expect(out).toMatch(/Other commands stop at: +9500/);
    expect(JSON.parse((await run('quota', '--json')).out)).toMatchObject({
      left: 99_700,
      writes: { left: 9_958, perSecond: 1 },
    });
  });
});
