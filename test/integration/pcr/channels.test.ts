import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../../bin/pcr/errors.ts';
import type { Relay } from '../../../bin/pcr/relay.ts';
import { epochMsOf } from '../../../lambdas/core/instant.ts';
import { slackUrl, teamsUrl } from '../../builders/endpoints.ts';
import { useDynamoDb } from '../../conformance/dynamodb-under-test.ts';
import { type Circumstances, type RunResult, runWith } from '../../fakes/recorded-io.ts';
import { useSecretsManager } from '../host/secrets/use-secrets-manager.ts';
import { operatedRelay, uncachedSecretStore } from './operated-relay.ts';

/* Endpoints whose messages people read: their URL is a secret. */

const engine = useDynamoDb('dynoxide');
const secretsManager = useSecretsManager();
const folder = mkdtempSync(join(tmpdir(), 'pcr-'));
afterAll(() => rmSync(folder, { recursive: true }));

let relay: Relay;
/** All that any command of a test has printed. */
let printed = '';
beforeEach(async () => {
  ({ relay } = await operatedRelay(engine, secretsManager()));
  printed = '';
});

const clock = { nowMs: () => epochMsOf('2026-03-01T10:00:05.000Z'), sleep: async () => undefined };

const pcr = async (args: readonly string[], circumstances: Circumstances = {}): Promise<RunResult> => {
  const result = await runWith(args, { relay, clock, ...circumstances });
  printed += `${result.out}\n${result.err}\n`;
  return result;
};
const done = async (...args: readonly string[]): Promise<string> => {
  const { code, out, err } = await pcr(['endpoints', ...args]);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out;
};
const json = async (...args: readonly string[]) => JSON.parse(await done(...args, '--json'));
const refused = async (...args: readonly string[]): Promise<string> => {
  const { code, out, err } = await pcr(['endpoints', ...args]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).not.toMatch(/^ {4}at /m);
  return err;
};

let files = 0;
const file = (text: string): string => {
  files += 1;
  const path = join(folder, `file-${files}`);
  writeFileSync(path, text);
  return path;
};
const secretIdOf = (id: string) => `${relay.output('EndpointSecretNamePrefix')}${id}`;
const storedUrl = (format: 'slack' | 'teams' = 'slack') =>
  relay.readChatUrl({ id: 'ep_deals', secretId: secretIdOf('ep_deals'), format });
const signing = () =>
  uncachedSecretStore(secretsManager()).signingSecrets({ id: 'ep_deals', secretId: secretIdOf('ep_deals') });
const add = (url: string, ...more: readonly string[]) =>
  done('add', '--id', 'ep_deals', '--format', 'slack', '--url-file', file(url), '--topic', '*', ...more);
const withoutScheme = (url: string) => url.replace('https://', '');
const otherUrl = slackUrl.replace('B0EXAMPLE', 'B1EXAMPLE');

/** No test may print what makes the URLs credentials. */
const credentials = /ExampleTokenOfAChannel00|Example-Signature_Of0Channel|T0EXAMPLE/;

describe('pcr endpoints add, for a channel', () => {
  test('stores the URL as a secret, and nothing of it in the table', async () => {
    await add(`${slackUrl}\n`, '--redact', 'personal-data');
    expect(await storedUrl()).toBe(slackUrl);
    expect(await relay.endpoints.find('ep_deals')).toMatchObject({
      destination: { kind: 'chat', format: 'slack', secretId: secretIdOf('ep_deals') },
      topics: ['*'],
      redact: ['personal-data'],
    });
    const TableName = relay.output('WebhooksTableName');
    const Key = { pk: { S: 'endpoint' }, sk: { S: 'ep_deals' } };
    const { Item } = await engine.client().send(new GetItemCommand({ TableName, Key }));
    expect(Item).toMatchObject({ format: { N: '1' }, messageFormat: { S: 'slack' } });
    expect(JSON.stringify(Item)).not.toMatch(/hooks\.slack\.com|EXAMPLE/);
  });

  test('is printed with its format and without its URL', async () => {
    await add(slackUrl);
    const text = await done('show', 'ep_deals');
    expect(text).toMatch(/format: +slack/);
    expect(text).toMatch(/url: +https:\/\/hooks\.slack\.com\/…/);
    expect(await json('show', 'ep_deals')).toMatchObject({
      format: 'slack',
      secret: { url: 'https://hooks.slack.com/…' },
    });
    expect(await done('list')).toMatch(/ep_deals +slack/);
    await json('list');
    expect(printed).not.toMatch(credentials);
  });

  test('takes a secret that exists, such as one that a template creates', async () => {
    const secretId = `${secretIdOf('ep_deals')}-2026`;
    await relay.secrets.create(secretId, [teamsUrl]);
    const args = ['add', '--id', 'ep_deals', '--format', 'teams', '--secret-id', secretId, '--topic', '*'];
    await done(...args);
    expect(await json('show', 'ep_deals')).toMatchObject({
      format: 'teams',
      secretId,
      secret: { url: 'https://prod-00.westus.logic.azure.com/…' },
    });
    expect(printed).not.toMatch(credentials);
  });

  test('is refused on a stack of release 0.1.0, whose fan-out cannot read a channel', async () => {
    const { output } = relay;
    const older = (name: string) => {
      if (name === 'KeptQueueUrl') throw new UsageError('stack Relay: it has no output KeptQueueUrl');
      return output(name);
    };
    relay = { ...relay, output: older };
    const args = ['--id', 'ep_deals', '--format', 'slack', '--url-file', file(slackUrl), '--topic', '*'];
    expect(await refused('add', ...args)).toContain('it has no output KeptQueueUrl');
    const path = file(
      `endpoints:\n  - { id: ep_deals, format: slack, topics: ['*'], urlFile: '${file(slackUrl)}' }\n`,
    );
    expect(await refused('apply', '-f', path, '--yes')).toContain('it has no output KeptQueueUrl');
    expect((await relay.endpoints.all()).endpoints).toEqual([]);
    expect(await relay.secrets.state(secretIdOf('ep_deals'))).toBeUndefined();
  });

  test('removes the URL with the endpoint', async () => {
    await add(slackUrl);
    await pcr(['endpoints', 'remove', 'ep_deals', '--yes']);
    expect(await relay.secrets.state(secretIdOf('ep_deals'))).toBeUndefined();
  });
});

describe('pcr endpoints update, for a channel', () => {
  test('replaces the URL at once, also without another change', async () => {
    await add(slackUrl);
    const { code, out, err } = await pcr(['endpoints', 'update', 'ep_deals', '--url-file', file(otherUrl)]);
    expect({ code, out }).toEqual({ code: 0, out: 'Updated ep_deals:\n  ~ url: (hidden)' });
    expect(err).toContain('For five more minutes');
    expect(await storedUrl()).toBe(otherUrl);
    // The URL before is no second signature: there is no rotation to finish.
    expect(await relay.secrets.state(secretIdOf('ep_deals'))).toMatchObject({ isRotating: false });
    expect(printed).not.toMatch(credentials);
  });

  test('keeps the URL if other fields change', async () => {
    await add(slackUrl);
    await done('update', 'ep_deals', '--payload', 'thin');
    expect(await storedUrl()).toBe(slackUrl);
    expect(await relay.endpoints.find('ep_deals')).toMatchObject({
      payload: 'thin',
      destination: { format: 'slack' },
    });
  });

  test.each([
    [
      ['--url', 'https://crm.example.com/hooks'],
      'url: ep_deals was added with --format slack, which cannot change',
    ],
    [['--format', 'teams'], 'format: ep_deals was added with --format slack, which cannot change'],
    [['--format', 'standard'], 'format: ep_deals was added with --format slack, which cannot change'],
    [['--header', 'A: b'], 'headers: allowed only with format standard'],
    [['--url-file', '/nowhere'], '--url-file /nowhere: this file does not exist'],
    [['--url-file', slackUrl], '--url-file: a URL (hidden); allowed: a file that holds the URL'],
    [['--url-file', withoutScheme(slackUrl)], '--url-file: a URL (hidden); allowed: a file'],
    [['--url-file', withoutScheme(teamsUrl)], '--url-file: a URL (hidden); allowed: a file'],
  ])('refuses %j and changes nothing', async (args, problem) => {
    await add(slackUrl);
    const before = await relay.endpoints.find('ep_deals');
    expect(await refused('update', 'ep_deals', ...args)).toContain(problem);
    expect(await relay.endpoints.find('ep_deals')).toEqual(before);
    expect(await storedUrl()).toBe(slackUrl);
    expect(printed).not.toMatch(credentials);
  });

  test('refuses the URL of another service, and does not print it', async () => {
    await add(slackUrl);
    const page = file('https://example.slack.com/archives/T0EXAMPLE');
    expect(await refused('update', 'ep_deals', '--url-file', page)).toContain(
      `--url-file ${page}: not such a URL (hidden); allowed: the https:// URL of an incoming webhook of Slack`,
    );
    expect(await storedUrl()).toBe(slackUrl);
    expect(printed).not.toMatch(credentials);
  });

  test('refuses a file with a URL for an endpoint that has none', async () => {
    await done('add', '--id', 'ep_crm', '--url', 'https://crm.example.com/hooks', '--topic', '*');
    const problem = '--url-file: allowed for an endpoint with format slack or teams; ep_crm has another';
    expect(await refused('update', 'ep_crm', '--url-file', file(slackUrl))).toContain(problem);
    expect(await refused('update', 'ep_crm', '--format', 'slack')).toContain('which cannot change');
  });

  test('refuses to rotate a secret that signs nothing, and says what to do', async () => {
    await add(slackUrl);
    expect(await refused('rotate-secret', 'ep_deals')).toContain(
      'pcr endpoints update ep_deals --url-file FILE',
    );
  });
});

const yaml = (urlFile: string, more = '') =>
  file(
    `endpoints:\n  - { id: ep_deals, format: slack, topics: ['*']${urlFile && `, urlFile: '${urlFile}'`}${more} }\n`,
  );
const apply = (path: string, ...more: readonly string[]) => json('apply', '-f', path, '--yes', ...more);

describe('pcr endpoints apply, for a channel', () => {
  test('stores the URL in the named file as a secret, once', async () => {
    const path = yaml(file(slackUrl));
    expect(await apply(path)).toMatchObject({ add: ['ep_deals'], applied: true, secrets: {} });
    expect(await storedUrl()).toBe(slackUrl);
    const { currentSince } = (await relay.secrets.state(secretIdOf('ep_deals'))) ?? {};
    expect(await apply(path)).toMatchObject({ add: [], update: [], applied: false });
    expect(await relay.secrets.state(secretIdOf('ep_deals'))).toMatchObject({ currentSince });
    expect(printed).not.toMatch(credentials);
  });

  test('shows that the URL changes, stores it, and leaves a disabled endpoint disabled', async () => {
    await add(slackUrl);
    await done('disable', 'ep_deals', '--reason', 'quiet days');
    const path = yaml(file(otherUrl));
    expect(await done('apply', '-f', path, '--dry-run')).toBe('~ ep_deals\n    ~ url: (hidden)');
    expect(await storedUrl()).toBe(slackUrl);
    await apply(path);
    expect(await storedUrl()).toBe(otherUrl);
    expect(await relay.endpoints.find('ep_deals')).toMatchObject({ disabled: { reason: 'quiet days' } });
    expect(printed).not.toMatch(credentials);
  });

  test('shows a new URL beside what else changes', async () => {
    await add(slackUrl);
    const { update } = await apply(yaml(file(otherUrl), ', payload: thin'));
    expect(update).toEqual([{ id: 'ep_deals', changes: ['~ payload: "full" -> "thin"', '~ url: (hidden)'] }]);
  });

  test('stores the new URL when it is repeated, if it was interrupted after the other changes', async () => {
    await add(slackUrl);
    const operated = relay;
    relay = {
      ...relay,
      endpointSet: {
        async change(changes) {
          await operated.endpointSet.change(changes);
          throw new Error('interrupted');
        },
      },
    };
    const path = yaml(file(otherUrl), ', payload: thin');
    expect((await pcr(['endpoints', 'apply', '-f', path, '--yes'])).code).toBe(1);
    relay = operated;
    expect(await apply(path)).toMatchObject({ update: [{ id: 'ep_deals', changes: ['~ url: (hidden)'] }] });
    expect(await storedUrl()).toBe(otherUrl);
  });

  test('needs no file if the secret has a URL', async () => {
    await add(slackUrl);
    expect(await apply(yaml('', ', payload: thin'))).toMatchObject({ applied: true });
    expect(await storedUrl()).toBe(slackUrl);
  });

  test('refuses to make a channel of a webhook, and keeps the secret that signs', async () => {
    await done('add', '--id', 'ep_deals', '--url', 'https://crm.example.com/', '--topic', '*');
    const before = await relay.endpoints.find('ep_deals');
    const secrets = await signing();
    for (const option of ['--yes', '--dry-run'])
      expect(await refused('apply', '-f', yaml(file(slackUrl)), option)).toContain(
        'ep_deals format: cannot change; allowed: remove it, and add another',
      );
    expect(await signing()).toEqual(secrets);
    expect(await relay.endpoints.find('ep_deals')).toEqual(before);
  });

  test.each([
    ['a webhook', "url: 'https://crm.example.com/'"],
    ['an endpoint on an event bus', 'eventBus: arn:aws:events:us-east-1:123456789012:event-bus/co-sell'],
    ['a channel of another service', 'format: teams'],
  ])('refuses to make %s of a channel, and keeps its URL', async (_, destination) => {
    await add(slackUrl);
    const before = await relay.endpoints.find('ep_deals');
    const path = file(`endpoints:\n  - { id: ep_deals, ${destination}, topics: ['*'] }\n`);
    expect(await refused('apply', '-f', path, '--yes')).toContain('ep_deals format: cannot change');
    expect(await storedUrl()).toBe(slackUrl);
    expect(await relay.endpoints.find('ep_deals')).toEqual(before);
  });

  test('keeps the URL before if the endpoint is disabled meanwhile', async () => {
    await add(slackUrl);
    const { endpointSet } = relay;
    relay = {
      ...relay,
      endpointSet: {
        async change(changes) {
          await relay.endpoints.disable('ep_deals', 'answered 410', '2026-03-01T10:00:00.000Z');
          return endpointSet.change(changes);
        },
      },
    };
    const { code, err } = await pcr(['endpoints', 'apply', '-f', yaml(file(otherUrl)), '--yes']);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('Nothing was changed') });
    expect(await storedUrl()).toBe(slackUrl);
  });

  test.each<[string, string]>([
    ["urlFile: '/nowhere'", 'ep_deals urlFile /nowhere: this file does not exist'],
    [
      `urlFile: '${slackUrl}'`,
      '(ep_deals) urlFile: (hidden); allowed: the path of a file that holds the URL',
    ],
    [
      `urlFile: '${withoutScheme(slackUrl)}'`,
      '(ep_deals) urlFile: (hidden); allowed: the path of a file that holds the URL',
    ],
    [
      `urlFile: '${withoutScheme(teamsUrl)}'`,
      '(ep_deals) urlFile: (hidden); allowed: the path of a file that holds the URL',
    ],
    ['urlFile: 7', '(ep_deals) urlFile: (hidden); allowed: the path of a file that holds the URL'],
    [
      `url: '${slackUrl}'`,
      '(ep_deals) url: not with format slack, whose URL is a secret; allowed: --url-file',
    ],
    ['secretId: another', 'ep_deals secretId another: not a secret of ep_deals'],
    [
      'timeoutSeconds: 15',
      'ep_deals urlFile: nothing, and its secret has no URL; allowed: the path of a file',
    ],
  ])('refuses %s, changes nothing, and prints no URL', async (member, problem) => {
    const path = file(`endpoints:\n  - { id: ep_deals, format: slack, topics: ['*'], ${member} }\n`);
    expect(await refused('apply', '-f', path, '--yes')).toContain(problem);
    expect((await relay.endpoints.all()).endpoints).toEqual([]);
    expect(printed).not.toMatch(credentials);
  });
});

describe('pcr doctor, for a channel', () => {
  test('names a secret that has no URL', async () => {
    await add(slackUrl);
    await relay.secrets.rotate(secretIdOf('ep_deals'), ['not a URL']);
    const text = await done('show', 'ep_deals');
    expect(text).toContain(
      'unusable: nothing can be posted (AWSCURRENT is not the https:// URL of an incoming',
    );
    expect(await json('show', 'ep_deals')).toMatchObject({
      secret: { problem: expect.stringContaining('AWSCURRENT is not') },
    });
  });
});
