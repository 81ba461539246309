import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createWholeProgram } from '../../../bin/pcr/program.ts';
import { findRelay, type Relay } from '../../../bin/pcr/relay.ts';
import { run } from '../../../bin/pcr/run.ts';
import { systemClock } from '../../../lambdas/adapters/system-clock.ts';
import { localCredentials } from '../../../local/host/local-account.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';
import { accessStage, registerEndpoint } from '../../../local/stage-access.ts';
import { randomText } from '../../builders/incompressible.ts';
import { ioOf, runWith } from '../../fakes/recorded-io.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { type DeployedStage, startDeployedStage } from './deployed-stage.ts';
import { allowedByPolicy, enabledCommand, usedOf } from './operate-policy.ts';
import { CallRecorder } from './recorded-calls.ts';

/* Every command of `pcr` on the local stage, with each of its calls to AWS recorded. */

let deployed: DeployedStage;
let receiver: LoopbackServer;
let relay: Relay;
const recorder = new CallRecorder();
const played: string[] = [];

beforeAll(async () => {
  deployed = await startDeployedStage(undefined, { 'relay:commands': enabledCommand });
  const { endpoints, controlPlane } = deployed.stage;
  const variables = await recorder.start({ ...endpoints, ...controlPlane });
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_ACCESS_KEY_ID', localCredentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', localCredentials.secretAccessKey);
  receiver = await startLoopbackServer((request, response) => {
    request.resume();
    response.writeHead(204).end();
  });
  relay = await findRelay({}, () => undefined);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await deployed.stop();
  await receiver.stop();
  await recorder.stop();
});

/** Plays a command line. @param mayFail whether it may end with another exit code than 0 */
async function pcr(line: string, { mayFail = false, interrupted = new AbortController().signal } = {}) {
  played.push(line);
  const ran = await runWith(line.split(' '), { relay, answer: true, clock: systemClock, interrupted });
  expect({ line, code: mayFail ? 0 : ran.code, err: ran.code === 0 || mayFail ? '' : ran.err }).toEqual({
    line,
    code: 0,
    err: '',
  });
  return ran.out;
}

/** Names of all commands: `endpoints add`. */
async function listCommands(): Promise<readonly string[]> {
  const { commands } = await createWholeProgram(ioOf({}));
  return commands.flatMap((command) =>
    command.commands.length === 0
      ? [command.name()]
      : command.commands.map((each) => `${command.name()} ${each.name()}`),
  );
}

function isPlayed(name: string): boolean {
  return played.some((line) => `${line} `.startsWith(`${name} `));
}

async function park(queue: string): Promise<void> {
  const { queues } = deployed.stage;
  await accessStage(deployed.stage).sqs.send(
    new SendMessageCommand({ QueueUrl: queues.get(queue).url, MessageBody: '{}' }),
  );
}

const ids = v.array(v.object({ id: v.string() }));
const firstId = (json: string) => v.parse(ids, JSON.parse(json))[0]?.id ?? '';

async function playRecords(id: string): Promise<void> {
  const { partner } = deployed;
  const invitation = partner.createInvitation('AWS', 'OpportunityInvitation');
  const engagement = partner.createEngagement('AWS');
  await deployed.carry();
  await deployed.stage.idle();
  await pcr('opportunities list');
  for (const filter of ['--stage Prospect', '--customer example', '--partner-id CRM-10023'])
    await pcr(`opportunities list ${filter}`);
  await pcr(`opportunities check ${id}`, { mayFail: true });
  for (const [group, of] of [
    ['opportunities', id],
    ['invitations', invitation],
    ['engagements', engagement],
  ]) {
    await pcr(`${group} list`);
    await pcr(`${group} show ${of}`);
    await pcr(`${group} history ${of}`);
    await pcr(`${group} diff ${of} 1 2`, { mayFail: true });
  }
}

async function playExports(): Promise<void> {
  await pcr('changes --since 1d');
  const folder = temporaryFolder();
  for (const name of ['deals', 'changes', 'stages', 'deliveries'])
    await pcr(`export ${name} --out ${join(folder, name)}`);
  await pcr(`export resume ${join(folder, 'deals')}`);
}

async function playEndpoints(): Promise<void> {
  const add = 'endpoints add --id ep_crm --url https://crm.example.com/hooks --topic engagement.*';
  await pcr(add);
  await pcr('endpoints list');
  await pcr('endpoints show ep_crm');
  await pcr('endpoints update ep_crm --rate-per-second 5');
  await pcr('endpoints rotate-secret ep_crm');
  await pcr('endpoints rotate-secret ep_crm --finish');
  await pcr('endpoints test ep_local');
  await pcr('trigger opportunity.updated --endpoint ep_local');
  await pcr('endpoints disable ep_crm');
  await pcr('endpoints enable ep_crm');
  await pcr('endpoints remove ep_crm --yes');
  // Its secret is restored.
  await pcr(add);
  const file = join(temporaryFolder(), 'endpoints.yaml');
  writeFileSync(
    file,
    "endpoints:\n  - { id: ep_new, url: 'https://crm.example.com/hooks', topics: ['*'] }\n",
  );
  await pcr(`endpoints apply -f ${file} --yes`);
}

async function playClients(): Promise<void> {
  const add = 'clients add --id crm --action opportunity.update --catalog AWS';
  await pcr(add);
  await pcr('clients list');
  await pcr('clients show crm');
  await pcr('clients update crm --approval always');
  await pcr('clients rotate-secret crm');
  await pcr('clients rotate-secret crm --finish');
  await pcr('clients disable crm');
  await pcr('clients enable crm');
  await pcr('clients remove crm --yes');
  // Its secret is restored.
  await pcr(add);
  const file = join(temporaryFolder(), 'clients.yaml');
  writeFileSync(
    file,
    'clients:\n  - { id: erp, actions: [opportunity.update], catalogs: [AWS], approval: always }\n',
  );
  await pcr(`endpoints apply -f ${file} --yes`);
  await pcr('doctor', { mayFail: true });
}

async function playDeliveries(id: string): Promise<void> {
  const delivery = firstId(await pcr('deliveries list --endpoint ep_local --json'));
  await pcr(`deliveries list --record ${id}`);
  await pcr(`deliveries show ${delivery} --body`);
  await pcr(`trace ${delivery}`);
  await pcr('trace 0a1b2c3d-0000-4000-8000-00000000abcd', { mayFail: true });
  await pcr(`deliveries retry ${delivery}`);
  await pcr('replay --endpoint ep_local --since 1h --yes');
  await pcr(`replay --endpoint ep_local --record ${id} --yes`);
  await pcr('replay --endpoint ep_local --failed --yes', { mayFail: true });
  await pcr('rows list');
  await pcr('rows list --scan');
  for (const row of [`delivery#${delivery} delivery`, `AWS/opportunity/${id} current`])
    await pcr(`rows retry ${row}`, { mayFail: true });
  await pcr(`rows retry AWS/opportunity/${id} version#0000000001`, { mayFail: true });
}

async function playParked(): Promise<void> {
  await park('Quarantine/Kept');
  await park('Quarantine/Events/Parked');
  await pcr('parked list');
  const message = firstId(await pcr('parked list --queue kept --json'));
  await pcr(`parked show ${message} --queue kept`);
  await pcr('parked drop --queue kept --all');
  await pcr('parked redrive --queue quarantine --all');
  await deployed.stage.idle();
}

/** A file with the request of an update. */
function requestFile(Stage: string): string {
  const file = join(temporaryFolder(), 'request.json');
  const members = { action: enabledCommand, catalog: 'AWS', target: { partnerId: 'CRM-10023' } };
  writeFileSync(file, JSON.stringify({ ...members, patch: { LifeCycle: { Stage } } }));
  return file;
}

async function playCommands(id: string): Promise<void> {
  await pcr('commands pause');
  await pcr(`commands check ${requestFile('Closed Lost')}`, { mayFail: true });
  await pcr(`commands send ${requestFile('Closed Lost')} --key lost`);
  await pcr(`commands send ${requestFile('Committed')} --key committed`);
  await pcr('commands list');
  await pcr(`commands list --status waiting --target ${id}`);
  await pcr('commands show lost');
  await pcr('commands approve lost --yes');
  await pcr('commands cancel lost', { mayFail: true });
  await pcr('commands resume');
}

async function playListen(): Promise<void> {
  const interruption = new AbortController();
  const before = recorder.calls.length;
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, `whsec_${randomBytes(32).toString('base64')}`);
  const listening = pcr(`listen ${receiver.url} --secret-file ${file}`, { interrupted: interruption.signal });
  // It adds its endpoint.
  while (recorder.calls.slice(before).every(({ action }) => action !== 'dynamodb:PutItem'))
    await setTimeout(50);
  interruption.abort();
  await listening;
}

/** Every view of the console. Its actions are commands that are played too. */
async function playConsole(id: string): Promise<void> {
  const interruption = new AbortController();
  const out: string[] = [];
  played.push('console');
  const io = ioOf({ relay, clock: systemClock, interrupted: interruption.signal }, out);
  const served = run(['console'], io);
  while (out.length === 0) await setTimeout(50);
  const { origin, hash } = new URL(out[0] ?? '');
  const headers = { authorization: `Bearer ${hash.slice('#token='.length)}` };
  for (const path of [
    'stack',
    'deals?catalog=AWS',
    `deals/${id}?catalog=AWS`,
    `messages/AWS/opportunity/${id}/1`,
    'activity?catalog=AWS',
    'invitations?catalog=AWS&status=PENDING',
    'endpoints',
    'deliveries?endpoint=ep_local',
    'parked',
    'quota',
    'commands?catalog=AWS',
    'pipeline?catalog=AWS',
  ]) {
    const answer = await fetch(`${origin}/api/${path}`, { headers });
    expect([path, answer.status]).toEqual([path, 200]);
  }
  interruption.abort();
  expect(await served).toBe(0);
}

it('the policy for operators allows exactly what the commands of pcr call', async () => {
  const { partner, stage, carry } = deployed;
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  await registerEndpoint(stage, { url: receiver.url, secret });
  const id = partner.createOpportunity('AWS', {
    patch: {
      PartnerOpportunityIdentifier: 'CRM-10023',
      Customer: { Account: { CompanyName: 'Example Corp' } },
      // So large that it is stored in parts, which an erasure removes.
      Notes: Array.from({ length: 12 }, (_, index) => randomText(50_000, String(index))),
    },
  });
  await carry();
  await stage.idle();
  partner.updateOpportunity(id, { patch: { LifeCycle: { Stage: 'Qualified' } } });
  await carry();
  await stage.idle();

  await pcr('doctor', { mayFail: true });
  await pcr('quota');
  await playRecords(id);
  await playDeliveries(id);
  await playExports();
  await playParked();
  await playCommands(id);
  await playListen();
  await playConsole(id);
  await playEndpoints();
  await playClients();
  await pcr('reconcile');
  await pcr('backfill');
  await stage.idle();
  await pcr(`erase ${id} --yes`);
  await pcr('erase --email jane@example.com --yes');
  await park('WebhookDelivery/DeliveryDoorbell/Parked');
  await pcr('uninstall --yes');
  await pcr('uninstall --secrets-prefix Gone/endpoints/ --yes', { mayFail: true });

  // Completion calls nothing.
  expect((await listCommands()).filter((name) => !isPlayed(name))).toEqual(['complete']);
  expect(usedOf(recorder.calls, deployed.stage, relay)).toEqual(allowedByPolicy());
}, 300_000);
