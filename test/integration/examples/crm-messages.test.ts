import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../local/host/owned-process.ts';
import { type RunningCrm, startCrm } from './running-crm.ts';

/* Messages to examples/crm that are posted here, signed by an independent library. */

const webhookSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const folder = mkdtempSync(join(tmpdir(), 'crm-'));
const id = 'O1234567';
let crm: RunningCrm;

beforeAll(async () => {
  crm = await startCrm({
    id: 'crm',
    port: await freePort(),
    database: join(folder, 'crm.sqlite'),
    webhookSecret,
    // No relay: edits stay in the outbox.
    relayUrl: 'http://127.0.0.1:9',
    relaySecret: webhookSecret,
  });
  expect(await post(messageOf(1, 'Call the customer'))).toBe(204);
});
afterAll(async () => {
  await crm?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const everything = async () => ({
  deals: await crm.deals(),
  edits: await crm.edits(),
  news: await crm.news(),
});

function signed(body: string, secret = webhookSecret, at = new Date()): Readonly<Record<string, string>> {
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('msg_1', at, body),
  };
}

/** @returns the status of the answer */
async function post(body: string, headers = signed(body)): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${crm.port}`, { method: 'POST', headers, body });
  return answer.status;
}

function messageOf(version: number, nextSteps: string, cause: object = {}): string {
  const record = { LifeCycle: { Stage: 'Prospect', NextSteps: nextSteps } };
  const changed = [
    { path: '/LastModifiedDate', after: '2026-03-01T10:00:00Z' },
    { path: '/LifeCycle/NextSteps', after: nextSteps },
  ];
  const changes = version === 1 ? [] : changed;
  const data = { catalog: 'AWS', kind: 'opportunity', id, version, changes, cause, record };
  return JSON.stringify({ type: 'opportunity.updated', data });
}

function progressOf(key: string, version: number, state: object): string {
  return JSON.stringify({
    type: 'command.updated',
    data: { kind: 'command', version, record: { key, ...state } },
  });
}

describe('the receiver of the example CRM', () => {
  it('a message that is not signed with the secret, or not now, changes nothing', async () => {
    const before = await everything();
    const body = messageOf(99, 'From a stranger');
    const good = signed(body);
    const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const [past, ahead] = [-6, 6].map((minutes) => new Date(Date.now() + minutes * 60_000));
    const answers = await Promise.all([
      post(body, {}),
      post(body, signed(body, other)),
      post(body.replace('99', '98'), good),
      post(body, { ...good, 'webhook-id': 'msg_2' }),
      post(body, { ...good, 'webhook-signature': 'v1,' }),
      post(body, { ...good, 'webhook-signature': '' }),
      post(body, { ...good, 'webhook-timestamp': 'now' }),
      post(body, signed(body, webhookSecret, past)),
      post(body, signed(body, webhookSecret, ahead)),
    ]);
    expect(answers).toEqual(answers.map(() => 401));
    expect(await everything()).toEqual(before);
    expect(crm.printed()).toContain('WEBHOOK_SECRET verifies no such message: No matching signature found');
  });

  it('a message that is signed with two secrets, as in a rotation, is stored', async () => {
    const body = messageOf(3, 'Plan the workshop');
    const headers = signed(body);
    const both = { ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` };
    expect(await post(body, both)).toBe(204);
    expect(await crm.deals()).toMatchObject([{ id, version: 3, 'next-steps': 'Plan the workshop' }]);
  });

  it('a message that is repeated changes nothing', async () => {
    const before = await everything();
    expect(before.news).toMatchObject([{ version: 3, before: null, after: 'Plan the workshop' }]);
    expect(await post(messageOf(3, 'Repeated'))).toBe(204);
    expect(await post(messageOf(1, 'Repeated'))).toBe(204);
    expect(await everything()).toEqual(before);
  });

  it('an older version that comes late leaves the deal at the newest version', async () => {
    const { deals } = await everything();
    expect(await post(messageOf(2, 'Older'))).toBe(204);
    expect(await everything()).toMatchObject({ deals, news: [{ version: 3 }, { version: 2 }] });
  });

  it('a version that is marked as an echo is stored, and is no news', async () => {
    const { news } = await everything();
    expect(await post(messageOf(4, 'Our own', { commands: [{ id: 'cmd_1', key: 'k' }] }))).toBe(204);
    expect(await everything()).toMatchObject({ deals: [{ version: 4, 'next-steps': 'Our own' }], news });
  });

  it('a message about a command never takes an edit back to an earlier state', async () => {
    const key = await crm.run('edit', id, 'next-steps', 'Wanted');
    const states = async () => (await crm.edits()).map(({ state, why }) => ({ state, why }));
    expect(await post(progressOf(key, 2, { status: 'failed', code: 'conflict' }))).toBe(204);
    expect(await post(progressOf(key, 1, { status: 'accepted' }))).toBe(204);
    expect(await states()).toEqual([{ state: 'failed', why: 'conflict' }]);
    await expect(crm.run('again', key)).rejects.toThrow('has not arrived yet');
    expect(await states()).toEqual([{ state: 'failed', why: 'conflict' }]);
    await crm.run('discard', key);
    expect(await post(progressOf(key, 2, { status: 'failed', code: 'conflict' }))).toBe(204);
    expect(await states()).toMatchObject([{ state: 'discarded' }]);
  });

  it('a message that cannot be stored is answered with 500, so that it comes again', async () => {
    expect(await post(JSON.stringify({ data: { kind: 'opportunity', id: null } }))).toBe(500);
  });
});

describe('a command of the example CRM', () => {
  it.each([
    [['edit', 'O7654321', 'stage', 'Qualified'], 'O7654321: no such deal; allowed: an id that'],
    [['edit', id, 'Stage', 'Qualified'], 'Stage: no such field; allowed: stage, next-steps'],
    [['edit', id, 'stage'], 'crm edit DEAL FIELD VALUE'],
    [['again', 'other'], 'other: no such edit; allowed: an edit that is failed, refused, expired or'],
    [['discard', 'other'], 'other: no such edit; allowed: an edit that is failed, refused, expired or'],
    [['toString'], 'crm serve'],
    [[], 'crm serve'],
  ])('%j ends with 2, says what is allowed and changes nothing', async (args, message) => {
    const before = await everything();
    const failed = crm.run(...args);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow('ended with 2');
    expect(await everything()).toEqual(before);
  });
});

describe('a start of the example CRM', () => {
  it.each([
    ['PORT', { port: Number.NaN }],
    ['WEBHOOK_SECRET', { webhookSecret: 'whsec_…' }],
    ['WEBHOOK_SECRET', { webhookSecret: webhookSecret.slice(0, -1) }],
    ['RELAY_URL', { relayUrl: 'http://127.0.0.1:…' }],
    ['RELAY_URL', { relayUrl: '' }],
    ['RELAY_CLIENT', { id: '' }],
    ['RELAY_SECRET', { relaySecret: webhookSecret.replace('whsec_', '') }],
    ['RELAY_SECRET', { relaySecret: 'whsec_' }],
  ])('is refused because of %s with %j, which it names', async (name, changes) => {
    const started = crm.start({ port: await freePort(), ...changes });
    await expect(started).rejects.toThrow(`it ended with 2. ${name}: not set, or in another form; allowed: `);
  });

  it('is refused on a port that is in use, which it names', async () => {
    await expect(crm.run('serve')).rejects.toThrow(`ended with 2: PORT: ${crm.port} is in use`);
  });
});
