import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { commandActions } from '../../lambdas/core/command.ts';
import { accessStage, registerClient } from '../../local/stage-access.ts';
import { appendVersion } from '../builders/append-version.ts';
import { signingClient } from '../builders/clients.ts';
import { opportunityPayload } from '../builders/payloads.ts';
import { observation, opportunityKey, versionOf } from '../builders/versions.ts';
import { describeUnless } from '../describe-unless.ts';
import { type DeployedStage, startDeployedStage } from './pcr/deployed-stage.ts';
import { pythonMissing } from './readme-receivers.ts';

const run = promisify(execFile);
const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const folder = mkdtempSync(join(tmpdir(), 'requests-'));
const printed: string[] = [];
let deployed: DeployedStage;
let url = '';

/**
 * The documented clients, what runs them, and their lines of code. `-I -S` leaves Python its own
 * library only.
 */
const clients = [
  { language: 'Node', command: [process.execPath], file: 'client.mjs', lines: 18, missing: undefined },
  {
    language: 'Python',
    command: ['python3', '-I', '-S'],
    file: 'client.py',
    lines: 19,
    missing: pythonMissing(),
  },
] as const;

beforeAll(async () => {
  deployed = await startDeployedStage((_, line) => printed.push(line), {
    'relay:commands': commandActions.join(),
    'relay:signedCommands': 'yes',
  });
  url = deployed.stage.httpApis.get('Commands/Door/Api/Api').url;
  const { dynamodb, tables } = accessStage(deployed.stage);
  const records = dynamodbRecordStore(dynamodb, tables.records);
  const payload = opportunityPayload({ reviewStatus: 'Approved' });
  await appendVersion(records, undefined, versionOf(observation({ key: opportunityKey, payload })));
  await registerClient(deployed.stage, signingClient(), secret);
});
afterAll(async () => {
  await deployed.stop();
  rmSync(folder, { recursive: true });
});

function fileWith(name: string, members: object): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ catalog: 'AWS', target: opportunityKey.id, ...members }));
  return file;
}

function textFile(name: string, value: string): string {
  const file = join(folder, name);
  writeFileSync(file, value);
  return file;
}

const update = (nextSteps: string) => ({
  action: 'opportunity.update',
  // The stored close date has passed, which AWS refuses.
  patch: { LifeCycle: { NextSteps: nextSteps, TargetCloseDate: '2099-12-31' } },
});

type Environment = Readonly<Record<string, string>>;

async function runClient(
  [program, ...options]: readonly [string, ...string[]],
  file: string,
  given: readonly string[],
  changes: Environment,
) {
  const env = { ...process.env, RELAY_URL: url, RELAY_CLIENT: 'crm', RELAY_SECRET: secret, ...changes };
  const script = resolve('docs/commands', file);
  const { stdout } = await run(program, [...options, script, ...given], { env });
  const [, status, body = ''] = /^(\d+) ([^]*)$/.exec(stdout) ?? [];
  return { status: Number(status), body: Object(JSON.parse(body)) };
}

for (const { language, command, file, lines, missing } of clients) {
  const call = (given: readonly string[], changes: Environment = {}) =>
    runClient(command, file, given, changes);
  describeUnless(missing, `the example client in ${language}`, () => {
    const key = `deal 4711/${language}?`.replace(' ', '-');

    it('sends a command, whose repetition has the same answer, and reads its state', async () => {
      const request = fileWith(`${language}.json`, update(`Call them, ${language} 東京`));
      const first = await call([key, request]);
      expect(first).toMatchObject({ status: 202, body: { key, status: 'accepted' } });
      const again = await call([key, request]);
      expect(again).toMatchObject({ status: 200, body: { id: first.body.id } });
      expect(await call([key])).toMatchObject({
        status: 200,
        body: { key, request: { patch: { LifeCycle: { NextSteps: `Call them, ${language} 東京` } } } },
      });
    });

    it('gets a problem document that names the member', async () => {
      const request = fileWith('wrong.json', { action: 'opportunity.update', patch: { Id: 'O1' } });
      expect(await call([`${key}/wrong`, request])).toMatchObject({
        status: 422,
        body: { code: 'invalid', errors: [{ pointer: '#/patch/Id' }] },
      });
    });

    it('sends an empty file as a command, which is refused as no JSON', async () => {
      const empty = textFile('empty.json', '');
      expect(await call([`${key}/empty`, empty])).toMatchObject({ status: 400, body: { code: 'no-json' } });
    });

    it.each([
      ['without a key', [], {}],
      ['without a URL', [key], { RELAY_URL: '' }],
      ['without a client', [key], { RELAY_CLIENT: '' }],
      ['without a secret', [key], { RELAY_SECRET: '' }],
      ['with a file that does not exist', [key, join(folder, 'none.json')], {}],
      ['with a folder as its file', [key, folder], {}],
    ])('ends with 2 and prints its usage %s', async (_, given, changes) => {
      await expect(call(given, changes)).rejects.toMatchObject({
        code: 2,
        stdout: '',
        stderr: 'usage: client KEY [FILE], with RELAY_URL, RELAY_CLIENT and RELAY_SECRET set\n',
      });
    });

    it('is refused with another secret', async () => {
      const other = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
      expect(await call([key], { RELAY_SECRET: other })).toMatchObject({
        status: 401,
        body: { code: 'unauthorized' },
      });
    });

    it('is short enough to copy', () => {
      const text = readFileSync(join('docs/commands', file), 'utf8');
      const code = text.split('\n').filter((line) => line !== '' && !/^(?:\/\/|#)/.test(line));
      expect(code.length).toBeLessThanOrEqual(lines);
      expect(Math.max(...code.map((line) => line.length))).toBeLessThanOrEqual(110);
    });
  });
}

describe('the signed door on the local stage', () => {
  it('lets in a client that pcr has added, with both of its secrets while they rotate', async () => {
    const newSecret = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;
    const oldSecret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
    const allowed = ['--action', 'opportunity.update', '--catalog', 'AWS', '--writable', '/LifeCycle'];
    const { pcr } = deployed;
    const added = await pcr(
      'clients',
      'add',
      '--id',
      'erp',
      ...allowed,
      '--secret-file',
      textFile('a', oldSecret),
    );
    expect(added.code, added.err).toBe(0);
    const request = fileWith('erp.json', update('Call them'));
    const call = (key: string, RELAY_SECRET: string) =>
      runClient([process.execPath], 'client.mjs', [key, request], { RELAY_CLIENT: 'erp', RELAY_SECRET });
    expect(await call('1', oldSecret)).toMatchObject({ status: 202 });
    const rotated = await pcr('clients', 'rotate-secret', 'erp', '--secret-file', textFile('b', newSecret));
    expect(rotated.code, rotated.err).toBe(0);
    // A bad signature makes the door read the secrets again, five seconds after the last time.
    await expect.poll(() => call('2', newSecret), { timeout: 60_000 }).toMatchObject({ status: 202 });
    expect(await call('3', oldSecret)).toMatchObject({ status: 202 });
  });

  it('prints no value of a request and no signature', () => {
    const text = printed.join('\n');
    expect(text).toContain('command.accepted');
    expect(text).not.toMatch(/Call them|v1,|whsec_/);
  });

  it('answers a request without any header as one with a bad signature', async () => {
    const answer = await fetch(`${url}/commands`, { method: 'POST', body: '{}' });
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
      status: 401,
      type: 'application/problem+json',
    });
  });
});
