import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Relay } from '../../../bin/pcr/relay.ts';
import { idleGate } from '../../../lambdas/core/endpoint-gate.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { epochMsOf, type Instant } from '../../../lambdas/core/instant.ts';
import { parseSecretValue } from '../../../lambdas/core/signature.ts';
import { signingClient } from '../../builders/clients.ts';
import { endpoint, webhook } from '../../builders/endpoints.ts';
import { useDynamoDb } from '../../conformance/dynamodb-under-test.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { type Circumstances, type RunResult, runWith } from '../../fakes/recorded-io.ts';
import { useSecretsManager } from '../host/secrets/use-secrets-manager.ts';
import { type OperatedRelay, operatedRelay, uncachedSecretStore } from './operated-relay.ts';

const engine = useDynamoDb('dynoxide');
const secretsManager = useSecretsManager();
const folder = mkdtempSync(join(tmpdir(), 'pcr-'));
afterAll(() => rmSync(folder, { recursive: true }));

const now = '2026-03-01T10:00:05.000Z';
const add = ['add', '--id', 'ep_crm', '--url', 'https://crm.example.com/hooks', '--topic', '*'] as const;

let operated: OperatedRelay;
let relay: Relay;
beforeEach(async () => {
  operated = await operatedRelay(engine, secretsManager());
  ({ relay } = operated);
});

/** A clock that stands still and returns from sleep at once. */
const clock = { nowMs: () => epochMsOf(now), sleep: async () => undefined };

const pcr = (args: readonly string[], circumstances: Circumstances = {}): Promise<RunResult> =>
  runWith(['endpoints', ...args], { relay, clock, ...circumstances });
const done = async (args: readonly string[], circumstances: Circumstances = {}): Promise<string> => {
  const { code, out, err } = await pcr(args, circumstances);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out;
};
const json = async (...args: readonly string[]) => JSON.parse(await done([...args, '--json']));
const secretIdOf = (id: string) => `${relay.output('EndpointSecretNamePrefix')}${id}`;
const signing = (id: EndpointId) =>
  uncachedSecretStore(secretsManager()).signingSecrets({ id, secretId: secretIdOf(id) });

/** The ARN in Secrets Manager. */
const secretArnOf = (id: string) =>
  `arn:aws:secretsmanager:us-east-1:123456789012:secret:${secretIdOf(id)}-a1B2c3`;

const failing = { slots: {}, breaker: { failuresInARow: 5, openings: 1 }, pace: {} } as const;
const failuresOf = async (id: EndpointId) => (await relay.gates.read(id)).gate?.breaker.failuresInARow ?? 0;

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** A clock that advances whenever it is read. */
function rising(from: Instant, byMs: number): () => number {
  let nowMs = epochMsOf(from);
  return () => (nowMs += byMs);
}

describe('pcr endpoints add', () => {
  test('stores the endpoint and prints its signing secret, only once', async () => {
    const out = await done(add);
    const [, secret = ''] = /^Signing secret, printed only once: (whsec_\S+)$/m.exec(out) ?? [];
    expect(parseSecretValue(secret)).toEqual(await signing('ep_crm'));
    expect(await relay.endpoints.find('ep_crm')).toMatchObject({
      destination: { url: 'https://crm.example.com/hooks', secretId: secretIdOf('ep_crm') },
    });
    expect(await done(['show', 'ep_crm'])).not.toContain('whsec_');
    expect(JSON.stringify(await json('list'))).not.toContain('whsec_');
  });

  test('prints the public key of an asymmetric secret, and never the private key', async () => {
    const { out, err } = await pcr([...add, '--asymmetric']);
    expect(out).toMatch(/^Public key, for receivers that verify v1a: whpk_\S{44}$/m);
    expect(out + err).not.toContain('whsk_');
    const [, publicKey] = /(whpk_\S+)/.exec(out) ?? [];
    expect(await json('show', 'ep_crm')).toMatchObject({ secret: { publicKey, isRotating: false } });
  });

  test('takes a given secret and does not print it', async () => {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const path = join(folder, 'secret');
    writeFileSync(path, `${secret}\n`);
    expect(await done([...add, '--secret-file', path])).not.toContain(secret);
    expect(await signing('ep_crm')).toEqual([secret]);
  });

  test('changes nothing if the id exists', async () => {
    await done(add);
    const before = await signing('ep_crm');
    const { code, err } = await pcr([...add, '--payload', 'thin']);
    expect(code).toBe(2);
    expect(err).toContain('--id ep_crm: it exists already');
    expect(await relay.endpoints.find('ep_crm')).toMatchObject({ payload: 'full' });
    expect(await signing('ep_crm')).toEqual(before);
  });

  test('reuses the secret that an interrupted command left, with a new value', async () => {
    await relay.secrets.create(secretIdOf('ep_crm'), [`whsec_${Buffer.alloc(24, 7).toString('base64')}`]);
    const out = await done(add);
    const [secret, ...others] = await signing('ep_crm');
    expect(out).toContain(secret);
    expect(others).toEqual([]);
  });

  test.each(['add', 'rotate'] as const)(
    'lets one of two concurrent commands win, the other running before %s, and prints the secret that signs',
    async (step) => {
      await relay.secrets.create(secretIdOf('ep_crm'), [`whsec_${Buffer.alloc(24, 7).toString('base64')}`]);
      const ran: RunResult[] = [];
      const other = async (when: string) => {
        if (when === step) ran.push(await pcr(add));
      };
      const endpoints: Relay['endpoints'] = {
        ...relay.endpoints,
        add: (each) => other('add').then(() => relay.endpoints.add(each)),
      };
      const secrets: Relay['secrets'] = {
        ...relay.secrets,
        rotate: (...args) => other('rotate').then(() => relay.secrets.rotate(...args)),
      };
      ran.push(await pcr(add, { relay: { ...relay, endpoints, secrets } }));
      expect(new Set(ran.map(({ code }) => code))).toEqual(new Set([0, 2]));
      const winner = ran.find(({ code }) => code === 0);
      expect(await signing('ep_crm')).toEqual([/(whsec_\S+)/.exec(winner?.out ?? '')?.[1]]);
      expect(await relay.endpoints.find('ep_crm')).toMatchObject({ topics: ['*'] });
    },
  );

  test('leaves no endpoint if it fails, and says how to start again if it was interrupted', async () => {
    const secrets = {
      ...relay.secrets,
      create: () => Promise.reject(new Error('no access')),
    };
    expect(await pcr(add, { relay: { ...relay, secrets } })).toMatchObject({ code: 1 });
    expect(await relay.endpoints.find('ep_crm')).toBeUndefined();
    const endpoints = { ...relay.endpoints, update: () => Promise.reject(new Error('cut off')) };
    expect(await pcr(add, { relay: { ...relay, endpoints } })).toMatchObject({ code: 1 });
    const { code, err } = await pcr(add);
    expect(code).toBe(2);
    expect(err).toContain('remove it with `pcr endpoints remove ep_crm` and add it again');
    await done(['remove', 'ep_crm', '--yes']);
    await done(add);
  });

  test('is finished by apply if it was interrupted before it created a secret', async () => {
    const destination = webhook({ secretId: secretIdOf('ep_crm') });
    await relay.endpoints.add(endpoint({ id: 'ep_crm', topics: [], destination }));
    const text = "endpoints: [{ id: ep_crm, url: 'https://crm.example.com/hooks', topics: ['*'] }]";
    const out = await done(['apply', '-f', file('begun.yaml', text)]);
    expect(out).toContain(
      `Signing secret of ep_crm, printed only once: ${(await signing('ep_crm')).join(' ')}`,
    );
  });

  test('rotates no secret that another endpoint uses by name or ARN', async () => {
    await relay.secrets.create(secretIdOf('ep_crm'), [`whsec_${Buffer.alloc(24, 7).toString('base64')}`]);
    const value = await signing('ep_crm');
    await relay.endpoints.add(
      endpoint({ id: 'ep_two', destination: webhook({ secretId: secretArnOf('ep_crm') }) }),
    );
    const { code, err } = await pcr(add);
    expect(code).toBe(2);
    expect(err).toContain('the endpoint ep_two uses it; choose another id');
    expect(await signing('ep_crm')).toEqual(value);
  });

  test('starts with a closed circuit breaker', async () => {
    await relay.gates.write('ep_crm', failing, 0);
    await done(add);
    expect(await failuresOf('ep_crm')).toBe(0);
  });

  test('refuses a secret of another endpoint, one that it may not read, and one that does not exist', async () => {
    await done(add);
    const two = ['add', '--id', 'ep_two', '--url', 'https://two.example.com', '--topic', '*', '--secret-id'];
    for (const secretId of [
      'other/secret',
      secretIdOf('ep_crm'),
      secretArnOf('ep_crm'),
      secretIdOf('ep_two2'),
    ])
      expect((await pcr([...two, secretId])).err).toContain(`${secretId}: not a secret of ep_two; allowed:`);
    expect((await pcr([...two, secretIdOf('ep_two')])).err).toContain('this secret does not exist');
    expect(await relay.endpoints.find('ep_two')).toBeUndefined();
    const text = `endpoints:\n  - { id: ep_two, url: 'https://two.example.com', topics: ['*'], secretId: '${secretIdOf('ep_crm')}' }\n`;
    expect((await pcr(['apply', '-f', file('foreign.yaml', text)])).err).toContain('not a secret of ep_two');
    expect((await pcr(['update', 'ep_crm', '--secret-id', secretIdOf('ep_two')])).err).toContain(
      'not a secret of ep_crm',
    );
  });
});

describe('a created secret', () => {
  const rotate = ['rotate-secret', 'ep_crm'] as const;
  const notTerminal = { isOutputTerminal: false } as const;

  test.each([
    ['add', add, []],
    ['add --json', [...add, '--json'], []],
    ['rotate-secret', rotate, add],
    ['rotate-secret --json', [...rotate, '--json'], add],
  ])(
    'is not printed by %s if the output is no terminal, and the command that reads it is',
    async (_, args, first) => {
      if (first.length > 0) await done(first);
      const { code, out, err } = await pcr(args, notTerminal);
      expect(code).toBe(0);
      expect(out + err).not.toContain('whsec_');
      const id = secretIdOf('ep_crm');
      expect(err).toContain(
        `aws secretsmanager get-secret-value --secret-id '${id}' --region us-east-1 --query SecretString --output text`,
      );
      if (args.some((arg) => arg === '--json')) expect(out).toContain(`"secretId": "${id}"`);
    },
  );

  test.each([
    ['add', add, []],
    ['rotate-secret', rotate, [...add, '--asymmetric']],
  ])('is written by %s to the file of --secrets-file, and printed nowhere', async (name, args, first) => {
    if (first.length > 0) await done(first);
    const path = join(folder, `${name}-secrets.json`);
    for (const circumstances of [notTerminal, {}]) {
      const { code, out, err } = await pcr([...args, '--secrets-file', path], circumstances);
      expect(code).toBe(0);
      expect(out + err).not.toMatch(/whsec_|whsk_|get-secret-value/);
      const text = readFileSync(path, 'utf8');
      expect(text).not.toContain('whsk_');
      const [secret] = await signing('ep_crm');
      expect(JSON.parse(text)).toMatchObject({ ep_crm: { secretId: secretIdOf('ep_crm'), secret } });
      expect(statSync(path).mode & 0o777).toBe(0o600);
      rmSync(path);
      await (name === 'add' ? done(['remove', 'ep_crm', '--yes']) : done([...rotate, '--finish']));
    }
  });

  test.each([
    ['add', add, []],
    ['rotate-secret', rotate, add],
  ])(
    'is not created by %s if the file exists already, and the file stays as it is',
    async (_, args, first) => {
      if (first.length > 0) await done(first);
      const [before] = await Promise.allSettled([signing('ep_crm')]);
      const path = file('kept.json', 'mine');
      const { code, err } = await pcr([...args, '--secrets-file', path], notTerminal);
      expect(code).toBe(2);
      expect(err).toContain(
        `--secrets-file ${path}: cannot be created; allowed: a path at which no file exists`,
      );
      expect(readFileSync(path, 'utf8')).toBe('mine');
      const [after] = await Promise.allSettled([signing('ep_crm')]);
      expect(after).toEqual(before);
    },
  );

  test('leaves no empty file if it could not be created, so that the command can be repeated', async () => {
    const path = join(folder, 'repeated.json');
    const secrets = { ...relay.secrets, create: () => Promise.reject(new Error('no access')) };
    const args = [...add, '--secrets-file', path];
    expect(await pcr(args, { relay: { ...relay, secrets } })).toMatchObject({ code: 1 });
    expect(await pcr(args)).toMatchObject({ code: 0 });
  });

  test('shows its public key in any output, because a public key is no secret', async () => {
    expect((await pcr([...add, '--asymmetric'], notTerminal)).out).toMatch(/^Public key, .*: whpk_\S{44}$/m);
    expect(JSON.parse((await pcr([...rotate, '--json'], notTerminal)).out)).toEqual({
      endpointId: 'ep_crm',
      secretId: secretIdOf('ep_crm'),
      publicKey: expect.stringMatching(/^whpk_/),
    });
  });

  test('is printed on a terminal also as JSON', async () => {
    const { secret } = await json(...add);
    expect([secret]).toEqual(await signing('ep_crm'));
    expect(await json(...rotate)).toMatchObject({
      endpointId: 'ep_crm',
      secret: expect.stringMatching(/^whsec_/),
    });
  });
});

describe('a filter that can match no message', () => {
  const filter = JSON.stringify({ data: { record: { Lifecycle: { Stage: ['Qualified'] } } } });
  const warning = 'data.record has no member Lifecycle; did you mean LifeCycle?';

  test('is stored by add, update and apply with a warning on standard error and in JSON', async () => {
    const added = await pcr([...add, '--filter', filter, '--json']);
    expect(added.code).toBe(0);
    expect(added.err).toContain(warning);
    expect(JSON.parse(added.out).endpoint.filter).toEqual(JSON.parse(filter));
    expect(JSON.parse(added.out).warnings).toEqual([`the filter of ep_crm matches no message: ${warning}`]);
    const updated = await pcr(['update', 'ep_crm', '--filter', filter.replace('Qualified', 'Launched')]);
    expect(updated).toMatchObject({ code: 0, err: expect.stringContaining(warning) });
    const yaml = `endpoints: [{id: ep_other, url: 'https://other.example.com', topics: ['*'], filter: ${filter}}]`;
    const applied = await pcr(['apply', '-f', file('warned.yaml', yaml), '--dry-run', '--json']);
    expect(applied).toMatchObject({ code: 0, err: expect.stringContaining(`ep_other matches no message`) });
    const otherWarning = `the filter of ep_other matches no message: ${warning}`;
    expect(JSON.parse(applied.out).warnings).toEqual([otherWarning]);
    await done(['remove', 'ep_crm', '--yes']);
    const reallyApplied = await pcr(['apply', '-f', join(folder, 'warned.yaml'), '--json']);
    expect(JSON.parse(reallyApplied.out)).toMatchObject({ applied: true, warnings: [otherWarning] });
  });
});

const unknownClient = (clients: string) =>
  `ep_crm client: "nope" is neither a client of this stack nor an ARN; clients: ${clients}`;

test('add and update warn about a client that does not exist, and store it', async () => {
  const added = await pcr([...add, '--client', 'nope', '--json']);
  expect(added.err).toContain(`warning: ${unknownClient('none yet, add one with `pcr clients add`')}`);
  expect(await relay.endpoints.find('ep_crm')).toMatchObject({ client: 'nope' });
  for (const id of ['x3', 'crm']) await relay.commandClients.add(signingClient({ id }));
  const update = ['update', 'ep_crm', '--timeout-seconds'];
  expect((await json(...update, '5')).warnings).toEqual([unknownClient('crm, x3')]);
  expect((await json(...update, '6', '--client', 'crm')).warnings).toEqual([]);
  const arn = 'arn:aws:iam::123456789012:user/crm';
  expect((await json(...update, '7', '--client', arn)).warnings).toEqual([]);
});

test('add names the option of a missing list', async () => {
  const { code, err } = await pcr(['add', '--url', 'https://crm.example.com/hooks']);
  expect(code).toBe(2);
  expect(err).toContain('topics: nothing, --topic is missing; allowed: a list of at least one');
});

test('the command that reads a secret names the variables of a local stage only there', async () => {
  const command = `aws secretsmanager get-secret-value --secret-id '${secretIdOf('ep_crm')}'`;
  const here = await pcr(add, { isOutputTerminal: false });
  expect(here.err).toContain(`To read it: eval "$(npm start -s -- --env)" && ${command}`);
  await done(['remove', 'ep_crm', '--yes']);
  const queueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/deliveries';
  const output: Relay['output'] = (name) => (name === 'DeliveryQueueUrl' ? queueUrl : relay.output(name));
  const inAws = await pcr(add, { isOutputTerminal: false, relay: { ...relay, output } });
  expect(inAws.err).toContain(`To read it: ${command}`);
});

test('JSON of add and apply has an empty list of warnings if there is none', async () => {
  expect((await json(...add)).warnings).toEqual([]);
  const text = "endpoints: [{ id: ep_crm, url: 'https://crm.example.com/v2', topics: ['*'] }]";
  expect((await json('apply', '-f', file('clean.yaml', text))).warnings).toEqual([]);
});

describe('pcr endpoints list and show', () => {
  test('hide values of headers', async () => {
    await done([...add, '--header', 'Authorization: Bearer s3cret']);
    const printed = [await done(['list']), await done(['show', 'ep_crm'])];
    const documents = [await json('list'), await json('show', 'ep_crm')].map((each) => JSON.stringify(each));
    for (const text of [...printed, ...documents]) expect(text).not.toContain('s3cret');
    expect(documents[0]).toContain('Authorization');
  });

  test('print the list of what is sent, which update and a file can replace', async () => {
    await done([...add, '--only', '/LifeCycle/Stage', '--only', '/Id']);
    const redact = { only: ['/LifeCycle/Stage', '/Id'] };
    expect(await relay.endpoints.find('ep_crm')).toMatchObject({ redact });
    expect(await json('show', 'ep_crm')).toMatchObject({ redact });
    expect(await done(['show', 'ep_crm'])).toContain('{"only":["/LifeCycle/Stage","/Id"]}');
    expect(await done(['update', 'ep_crm', '--redact', 'personal-data'])).toContain('redact');
    expect(await relay.endpoints.find('ep_crm')).toMatchObject({ redact: ['personal-data'] });
    const yaml = `endpoints: [{id: ep_crm, url: 'https://crm.example.com/hooks', topics: ['*'], redact: {only: [/Id]}}]`;
    await done(['apply', '-f', file('only.yaml', yaml)]);
    expect(await relay.endpoints.find('ep_crm')).toMatchObject({ redact: { only: ['/Id'] } });
    await done(['update', 'ep_crm', '--unset', 'redact']);
    expect(await relay.endpoints.find('ep_crm')).toMatchObject({ redact: [] });
  });

  test('name an unreadable endpoint and print the others', async () => {
    await done(add);
    await operated.spoil('ep_bad');
    const { code, out, err } = await pcr(['list']);
    expect(code).toBe(0);
    expect(out).toContain('ep_crm');
    expect(err).toContain('ep_bad cannot be read');
  });

  test('name the existing endpoints if the id does not exist', async () => {
    await done(add);
    const { code, err } = await pcr(['show', 'ep_none']);
    expect(code).toBe(2);
    expect(err).toContain('endpoint ep_none: it does not exist; allowed: ep_crm');
  });

  test('print why and since when an endpoint is disabled, and the state of its circuit breaker', async () => {
    await done(add);
    await relay.endpoints.disable('ep_crm', 'answered 410', '2026-02-28T00:00:00.000Z');
    const breaker = {
      failuresInARow: 7,
      failingSince: '2026-03-01T09:00:00.000Z',
      openings: 1,
      openUntil: '2026-03-01T10:01:00.000Z',
    } as const;
    const gate = { slots: {}, breaker, pace: {} };
    await relay.gates.write('ep_crm', gate, (await relay.gates.read('ep_crm')).revision);
    const out = await done(['show', 'ep_crm']);
    expect(out).toContain('disabled since 2026-02-28T00:00:00Z: answered 410');
    expect(out).toContain('open until 2026-03-01T10:01:00Z, 7 failures in a row since 2026-03-01T09:00:00Z');
    const late = await done(['show', 'ep_crm'], { clock: manualClock('2026-03-01T10:02:00.000Z') });
    expect(late).toContain('half-open, 7 failures');
  });
});

describe('pcr endpoints update', () => {
  test('changes the given fields and resets those that are unset', async () => {
    await done([...add, '--description', 'CRM', '--rate-per-second', '5']);
    const out = await done(['update', 'ep_crm', '--payload', 'thin', '--unset', 'ratePerSecond']);
    expect(out.split('\n')).toEqual([
      'Updated ep_crm:',
      '  ~ payload: "full" -> "thin"',
      '  - ratePerSecond: 5',
    ]);
    const found = await relay.endpoints.find('ep_crm');
    expect(found).toMatchObject({ payload: 'thin', description: 'CRM' });
    expect(found).not.toHaveProperty('ratePerSecond');
  });

  test('changes nothing if one field is invalid', async () => {
    await done(add);
    const before = await relay.endpoints.find('ep_crm');
    expect((await pcr(['update', 'ep_crm', '--payload', 'thin', '--ordering', 'odd'])).code).toBe(2);
    expect(await relay.endpoints.find('ep_crm')).toEqual(before);
  });

  test('refuses to turn a webhook into an event bus or the reverse', async () => {
    await done(add);
    const bus = 'arn:aws:events:us-east-1:123456789012:event-bus/co-sell';
    await done(['add', '--id', 'ep_bus', '--event-bus', bus, '--topic', '*']);
    const toBus = await pcr(['update', 'ep_crm', '--event-bus', bus]);
    expect(toBus).toMatchObject({
      code: 2,
      err: expect.stringContaining('ep_crm was added with --url, which'),
    });
    const toUrl = await pcr(['update', 'ep_bus', '--url', 'https://crm.example.com']);
    expect(toUrl).toMatchObject({
      code: 2,
      err: expect.stringContaining('was added with --event-bus, which'),
    });
  });

  test('repairs an unreadable endpoint', async () => {
    await done(add);
    await operated.spoil('ep_crm');
    await done(['update', 'ep_crm', '--url', 'https://crm.example.com/new', '--topic', '*']);
    expect(await relay.endpoints.find('ep_crm')).toMatchObject({
      destination: { url: 'https://crm.example.com/new', secretId: secretIdOf('ep_crm') },
    });
  });
});

test('each change of an endpoint is printed as one JSON document with --json', async () => {
  await done(add);
  expect(await json('update', 'ep_crm', '--description', 'CRM')).toMatchObject({
    changed: true,
    endpoint: { id: 'ep_crm', description: 'CRM' },
    warnings: [],
  });
  expect(await json('update', 'ep_crm', '--description', 'CRM')).toMatchObject({ changed: false });
  const disabled = { reason: 'Monday', at: expect.any(String) };
  expect(await json('disable', 'ep_crm', '--reason', 'Monday')).toMatchObject({ changed: true, disabled });
  expect(await json('disable', 'ep_crm')).toMatchObject({ changed: false, disabled });
  const id = await operated.addDelivery('ep_crm', 1);
  expect(await json('remove', 'ep_crm', '--yes')).toEqual({ endpointId: 'ep_crm', cancelled: [id] });
});

describe('pcr endpoints remove', () => {
  test('removes endpoint and secret at once if nothing waits', async () => {
    await done(add);
    expect(await done(['remove', 'ep_crm', '--yes'])).toBe('Removed ep_crm.');
    expect(await relay.endpoints.find('ep_crm')).toBeUndefined();
    await expect(signing('ep_crm')).rejects.toThrow('secret.unusable');
  });

  test('always asks, and changes nothing after a no', async () => {
    await done(add);
    const { code, err } = await pcr(['remove', 'ep_crm'], { answer: false });
    expect(code).toBe(1);
    expect(err).toContain('Remove the endpoint ep_crm? (--yes)');
    expect(await relay.endpoints.find('ep_crm')).not.toHaveProperty('disabled');
    expect((await pcr(['remove', 'ep_crm'], { answer: true })).out).toBe('Removed ep_crm.');
  });

  test('asks if deliveries wait, and changes nothing after a no', async () => {
    await done(add);
    const id = await operated.addDelivery('ep_crm', 1);
    const { code, err } = await pcr(['remove', 'ep_crm'], { answer: false });
    expect(code).toBe(1);
    expect(err).toContain('1 delivery waits for ep_crm. Remove it, and cancel them? (--yes)');
    expect(await relay.endpoints.find('ep_crm')).not.toHaveProperty('disabled');
    expect(await relay.deliveries.find(id)).toMatchObject({ status: 'pending' });
  });

  test('cancels pending and held deliveries and prints their ids', async () => {
    await done(add);
    const ids = [await operated.addDelivery('ep_crm', 1), await operated.addDelivery('ep_crm', 2, 'held')];
    const out = await done(['remove', 'ep_crm', '--yes']);
    for (const id of ids) {
      expect(out).toContain(id);
      expect(await relay.deliveries.find(id)).toMatchObject({
        status: 'cancelled',
        reason: 'ep_crm was removed',
      });
    }
  });

  test('removes the failures of the endpoint and its unused secret', async () => {
    await done(add);
    await relay.gates.write('ep_crm', failing, (await relay.gates.read('ep_crm')).revision);
    await done(['remove', 'ep_crm', '--yes']);
    expect(await failuresOf('ep_crm')).toBe(0);
  });

  test('keeps a secret that another endpoint names by its ARN', async () => {
    await done(add);
    await relay.endpoints.add(
      endpoint({ id: 'ep_two', destination: webhook({ secretId: secretArnOf('ep_crm') }) }),
    );
    await done(['remove', 'ep_crm', '--yes']);
    expect(await signing('ep_crm')).toHaveLength(1);
    await relay.endpoints.remove('ep_two');
    expect(await done(['remove', 'ep_crm', '--yes'])).toBe('Removed what was left of ep_crm.');
    expect(await pcr(['remove', 'ep_crm', '--yes'])).toMatchObject({ code: 2 });
  });

  test('finishes an interrupted removal when repeated', async () => {
    await done(add);
    const id = await operated.addDelivery('ep_crm', 1);
    const broken = {
      ...relay,
      endpoints: {
        ...relay.endpoints,
        remove: async (endpointId: EndpointId) => {
          await relay.endpoints.remove(endpointId);
          throw new Error('cut off');
        },
      },
      deliveries: { ...relay.deliveries, cancel: async () => 'unchanged' as const },
    };
    expect(await pcr(['remove', 'ep_crm', '--yes'], { relay: broken })).toMatchObject({ code: 1 });
    expect(await relay.endpoints.find('ep_crm')).toBeUndefined();
    expect(await done(['remove', 'ep_crm', '--yes'])).toContain('Removed what was left of ep_crm.');
    expect(await relay.deliveries.find(id)).toMatchObject({ status: 'cancelled' });
    await expect(signing('ep_crm')).rejects.toThrow('secret.unusable');
  });

  test('removes an unreadable endpoint', async () => {
    await operated.spoil('ep_bad');
    await done(['remove', 'ep_bad', '--yes']);
    expect((await relay.endpoints.all()).unreadable).toEqual([]);
  });
});

describe('pcr endpoints disable and enable', () => {
  test('hold messages with a reason, then send all of them, oldest first', async () => {
    await done(add);
    await done(['disable', 'ep_crm', '--reason', 'moving']);
    expect(await relay.endpoints.find('ep_crm')).toMatchObject({ disabled: { reason: 'moving', at: now } });
    const ids = [
      await operated.addDelivery('ep_crm', 1, 'held'),
      await operated.addDelivery('ep_crm', 2, 'held'),
    ];
    await relay.gates.write('ep_crm', failing, (await relay.gates.read('ep_crm')).revision);
    expect(await done(['enable', 'ep_crm'])).toBe('Enabled ep_crm. 2 deliveries that waited are sent now.');
    expect(await relay.endpoints.find('ep_crm')).not.toHaveProperty('disabled');
    expect(await failuresOf('ep_crm')).toBe(0);
    expect(operated.signalled).toEqual(ids);
    for (const id of ids)
      expect(await relay.deliveries.find(id)).toMatchObject({ status: 'pending', dueAt: now });
  });

  test('also send what waits for its next attempt', async () => {
    await done(add);
    const id = await operated.addDelivery('ep_crm', 1);
    await operated.playAttempt(id, 'refused', '2026-03-01T16:00:00.000Z');
    expect(await done(['enable', 'ep_crm'])).toBe('Enabled ep_crm. 1 delivery that waited is sent now.');
    expect(operated.signalled).toEqual([id]);
    expect(await relay.deliveries.find(id)).toMatchObject({ status: 'pending', dueAt: now });
  });

  test('poll until nothing is held', async () => {
    await done(add);
    let looks = 0;
    const added: unknown[] = [];
    // The index returns these deliveries late.
    const sleep = async () => {
      looks += 1;
      if (looks < 3) added.push(await operated.addDelivery('ep_crm', looks, 'held'));
    };
    const out = await done(['enable', 'ep_crm'], { clock: { ...clock, sleep } });
    expect(out).toContain('2 deliveries');
    expect(operated.signalled).toEqual(added);
    expect(looks).toBe(3);
  });

  test('end with an error if the endpoint is disabled again meanwhile', async () => {
    await done(add);
    const disabling = {
      ...clock,
      sleep: async () => void (await relay.endpoints.disable('ep_crm', 'answered 410', now)),
    };
    const { code, err } = await pcr(['enable', 'ep_crm'], { clock: disabling });
    expect(code).toBe(1);
    expect(err).toContain('ep_crm was disabled again meanwhile: answered 410');
  });

  test('send what an interrupted command left, when repeated', async () => {
    await done(add);
    const id = await operated.addDelivery('ep_crm', 1, 'held');
    await done(['enable', 'ep_crm']);
    expect(operated.signalled).toEqual([id]);
    expect(await done(['enable', 'ep_crm'])).toContain('0 deliveries');
  });
});

describe('pcr endpoints test', () => {
  test('sends a sample through the delivery pipeline and prints the outcome', async () => {
    await done(add);
    operated.onRing = (id) => operated.playAttempt(id, 'delivered');
    const out = await done(['test', 'ep_crm', '--type', 'engagement_invitation.created']);
    expect(out).toMatch(/^outcome: +delivered$/m);
    const [id] = operated.signalled;
    expect(id && (await relay.deliveries.find(id))).toMatchObject({
      endpointId: 'ep_crm',
      version: { catalog: 'Test', kind: 'engagement-invitation', version: 1 },
    });
  });

  test('sends a sample with a topic', async () => {
    await done(add);
    operated.onRing = (id) => operated.playAttempt(id, 'delivered');
    await done(['test', 'ep_crm', '--type', 'opportunity.linked']);
    const [id] = operated.signalled;
    expect(id && (await relay.deliveries.find(id))).toMatchObject({
      version: { catalog: 'Test', kind: 'opportunity', version: 2 },
    });
  });

  test.each([
    [{ topics: ['*'] }, 'opportunity.updated'],
    [{ topics: ['opportunity.team_changed'] }, 'opportunity.team_changed'],
    [{ topics: ['command.*'] }, 'command.accepted'],
    [{ filter: { type: ['engagement_invitation.rejected'] } }, 'engagement_invitation.rejected'],
    [{ filter: { data: { changes: { path: ['/LifeCycle/NextSteps'] } } } }, 'opportunity.next_steps_changed'],
    [
      { catalogs: ['Sandbox'], filter: { data: { catalog: ['Sandbox'], kind: ['engagement'] } } },
      'engagement.created',
    ],
  ])('chooses a sample that an endpoint with %j wants', async (wishes, topic) => {
    await relay.endpoints.add(endpoint({ id: 'ep_crm', ...wishes }));
    operated.onRing = (id) => operated.playAttempt(id, 'delivered');
    const { code, err } = await pcr(['test', 'ep_crm']);
    expect(code).toBe(0);
    expect(err).toContain(`Sending ${topic} to ep_crm`);
    expect(err).not.toContain('refuse');
  });

  test('says that the endpoint wants no sample, and sends one', async () => {
    const filter = { data: { record: { Project: { Title: ['Quantum'] } } } };
    await relay.endpoints.add(endpoint({ id: 'ep_crm', filter }));
    operated.onRing = (id) => operated.playAttempt(id, 'delivered');
    const { code, err } = await pcr(['test', 'ep_crm']);
    expect(code).toBe(0);
    expect(err).toContain(
      'ep_crm asks for no message like this sample: its topics or its filter refuse it.\nSending opportunity.updated to ep_crm',
    );
  });

  test('prints why the sample got no answer', async () => {
    await done(add);
    const reason = '192.0.2.1:443: the certificate has expired (CERT_HAS_EXPIRED)';
    operated.onRing = (id) => operated.playAttempt(id, 'unreachable', undefined, reason);
    const { code, out, err } = await pcr(['test', 'ep_crm']);
    expect(code).toBe(1);
    expect(out).toMatch(/^reason: +192\.0\.2\.1:443: the certificate has expired \(CERT_HAS_EXPIRED\)$/m);
    expect(err).toContain(`The sample was not delivered: unreachable: ${reason}.`);
    const [id = ''] = operated.signalled;
    expect((await runWith(['deliveries', 'show', id], { relay, clock })).out).toContain(reason);
  });

  test('exits with 1 if the receiver refuses the sample, and does not retry', async () => {
    await done(add);
    operated.onRing = (id) => operated.playAttempt(id, 'refused');
    const { code, out, err } = await pcr(['test', 'ep_crm', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      status: 'cancelled',
      attempts: [{ outcome: 'refused', status: 500 }],
    });
    expect(err).toContain('The sample was not delivered: refused.');
    const [id] = operated.signalled;
    expect(id && (await relay.deliveries.find(id))).toMatchObject({
      status: 'cancelled',
      reason: 'was a test',
    });
  });

  test('cancels a sample without an attempt in time, and says where to look', async () => {
    await done(add);
    const waiting = { nowMs: rising(now, 400), sleep: async () => undefined };
    const { code, err } = await pcr(['test', 'ep_crm', '--wait-seconds', '1'], { clock: waiting });
    expect(code).toBe(1);
    expect(err).toContain('Nothing was sent within 1 s: see `pcr endpoints show ep_crm`');
    const [id] = operated.signalled;
    expect(id && (await relay.deliveries.find(id))).toMatchObject({ status: 'cancelled' });
  });

  test('waits until a listener fetches the sample', async () => {
    const expiresAt = '2026-03-01T10:03:00.000Z';
    await relay.endpoints.add(endpoint({ id: 'ep_here', destination: { kind: 'listener', expiresAt } }));
    const seen: unknown[] = [];
    const store = operated.store;
    operated.onRing = async (id) => {
      const claimed = await store.claim(id, '2026-03-01T10:00:06.000Z', '2026-03-01T10:00:46.000Z');
      if (claimed) await store.settle(claimed, undefined, { status: 'held' });
    };
    const sleep = async () => {
      const [id] = operated.signalled;
      if (!id || seen.length > 0) return;
      const found = await relay.deliveries.find(id);
      if (found && 'status' in found) seen.push(found.status);
      await relay.deliveries.release(id, now);
      await operated.playAttempt(id, 'delivered');
    };
    expect(await done(['test', 'ep_here'], { clock: { ...clock, sleep } })).toMatch(/^outcome: +delivered$/m);
    expect(seen).toEqual(['held']);
  });

  test('refuses a disabled endpoint', async () => {
    await done(add);
    await done(['disable', 'ep_crm']);
    expect(await pcr(['test', 'ep_crm'])).toMatchObject({ code: 2 });
    expect(operated.signalled).toEqual([]);
  });
});

async function pauseOf() {
  return (await relay.gates.read('ep_crm')).gate?.pause;
}

async function pauseEndpoint(cause: 'own-fault' | 'retry-after'): Promise<void> {
  await done(add);
  const { revision } = await relay.gates.read('ep_crm');
  const [since, until] = ['2026-03-01T09:59:00.000Z', '2026-03-01T10:04:00.000Z'] as const;
  const pause = { cause, since, until, reason: 'secret.unusable: malformed' };
  await relay.gates.write('ep_crm', { ...idleGate, pause }, revision);
}

describe('a pause after a fault of the relay', () => {
  test.each([
    ['rotate-secret', 'ep_crm'],
    ['update', 'ep_crm', '--payload', 'thin'],
    ['test', 'ep_crm'],
  ])('ends with pcr endpoints %s, which may have repaired it', async (...args) => {
    await pauseEndpoint('own-fault');
    operated.onRing = (id) => operated.playAttempt(id, 'delivered');
    await done(args);
    expect(await pauseOf()).toBeUndefined();
  });

  test('does not end if the receiver requested it', async () => {
    await pauseEndpoint('retry-after');
    await done(['update', 'ep_crm', '--payload', 'thin']);
    expect(await pauseOf()).toMatchObject({ cause: 'retry-after' });
  });
});

/** Replaces the value of the secret of `ep_crm` by hand. */
const putSecret = (SecretString: string) =>
  secretsManager().send(new PutSecretValueCommand({ SecretId: secretIdOf('ep_crm'), SecretString }));

describe('pcr endpoints rotate-secret', () => {
  test('replaces a secret that cannot be used', async () => {
    await done(add);
    await putSecret('not a signing secret');
    await done(['rotate-secret', 'ep_crm', '--finish']);
    const out = await done(['rotate-secret', 'ep_crm']);
    expect(out).toMatch(/whsec_/);
    expect(await signing('ep_crm')).toHaveLength(1);
  });

  test('is named by show if the new secret cannot be used and the old one signs alone', async () => {
    await done(add);
    await putSecret('not a signing secret');
    const why = 'AWSCURRENT is not a whsec_ secret of 24 to 64 bytes in base64, alone or with a whsk_ key';
    expect(await done(['show', 'ep_crm'])).toContain(
      `AWSPREVIOUS signs alone, because AWSCURRENT cannot be used: ${why}`,
    );
    expect(await json('show', 'ep_crm')).toMatchObject({
      secret: { isRotating: true, degraded: { stage: 'AWSCURRENT', error: why } },
    });
    await putSecret(`whsec_${Buffer.alloc(24, 7).toString('base64')}`);
    expect(await done(['show', 'ep_crm'])).toContain('AWSCURRENT signs alone, because AWSPREVIOUS cannot');
    await done(['rotate-secret', 'ep_crm', '--finish']);
    expect(await json('show', 'ep_crm')).not.toHaveProperty('secret.degraded');
  });

  test('lets both secrets sign until the rotation is finished', async () => {
    await done(add);
    const before = await signing('ep_crm');
    const out = await done(['rotate-secret', 'ep_crm']);
    const [newest, ...others] = await signing('ep_crm');
    expect(out).toContain(newest);
    expect(others).toEqual(before);
    expect(await done(['show', 'ep_crm'])).toContain('the previous one also signs');
    await done(['rotate-secret', 'ep_crm', '--finish']);
    expect(await signing('ep_crm')).toEqual([newest]);
    expect(await done(['rotate-secret', 'ep_crm', '--finish'])).toContain('No rotation');
    await json('rotate-secret', 'ep_crm');
    expect(await json('rotate-secret', 'ep_crm', '--finish')).toEqual({
      endpointId: 'ep_crm',
      outcome: 'finished',
    });
  });

  test('refuses a second rotation while receivers may still need the old secret', async () => {
    await done(add);
    await done(['rotate-secret', 'ep_crm']);
    const before = await signing('ep_crm');
    const { code, err } = await pcr(['rotate-secret', 'ep_crm']);
    expect(code).toBe(2);
    // The end of the rotation locks out a receiver that has not got the new secret.
    expect(err).toMatch(/; read the new secret: .*; when the receiver has it: `.* --finish`, which ends/);
    expect(err).toContain(`aws secretsmanager get-secret-value --secret-id '${secretIdOf('ep_crm')}'`);
    expect(await signing('ep_crm')).toEqual(before);
  });

  test('keeps an asymmetric secret asymmetric by default', async () => {
    await done([...add, '--asymmetric']);
    expect(await done(['rotate-secret', 'ep_crm'])).toContain('whpk_');
    await done(['rotate-secret', 'ep_crm', '--finish']);
    expect(await done(['rotate-secret', 'ep_crm', '--no-asymmetric'])).not.toContain('whpk_');
  });
});

describe('an endpoint whose row names the secret of another endpoint', () => {
  beforeEach(async () => {
    await done(add);
    const destination = webhook({ secretId: secretIdOf('ep_crm') });
    await relay.endpoints.add(endpoint({ id: 'ep_two', destination }));
  });

  test('is named by show, with what is allowed', async () => {
    const out = await done(['show', 'ep_two']);
    expect(out).toContain('unusable: secretId does not name a secret of ep_two; allowed: ');
    expect(await json('show', 'ep_two')).toMatchObject({
      secret: { problem: expect.stringContaining(`allowed: ${secretIdOf('ep_two')}, or a name that begins`) },
    });
    expect(await done(['show', 'ep_crm'])).not.toContain('unusable');
  });

  test.each([[[]], [['--finish']]])('does not rotate that secret with rotate-secret %j', async (options) => {
    await done(['rotate-secret', 'ep_crm']);
    const before = await signing('ep_crm');
    const { code, out, err } = await pcr(['rotate-secret', 'ep_two', ...options]);
    expect(code).toBe(2);
    expect(out + err).not.toContain('whsec_');
    expect(err).toContain(`secretId ${secretIdOf('ep_crm')}: not a secret of ep_two; allowed: `);
    expect(await signing('ep_crm')).toEqual(before);
  });

  test('is repaired by update with a secret of its own', async () => {
    await relay.secrets.create(secretIdOf('ep_two'), [`whsec_${Buffer.alloc(24, 7).toString('base64')}`]);
    await done(['update', 'ep_two', '--secret-id', secretIdOf('ep_two')]);
    expect(await done(['show', 'ep_two'])).toMatch(/^secret: +since /m);
  });
});

describe('pcr endpoints apply', () => {
  const both = `endpoints:
  - { id: ep_crm, url: 'https://crm.example.com/v2', topics: ['*'] }
  - { id: ep_erp, url: 'https://erp.example.com/hooks', topics: ['opportunity.*'] }
`;

  test('prints the difference and changes nothing on a dry run', async () => {
    await done(add);
    const before = await relay.endpoints.all();
    const out = await done(['apply', '-f', file('both.yaml', both), '--dry-run']);
    expect(out.split('\n')).toEqual([
      '+ ep_erp  https://erp.example.com/hooks',
      '~ ep_crm',
      '    ~ url: "https://crm.example.com/hooks" -> "https://crm.example.com/v2"',
    ]);
    expect(await relay.endpoints.all()).toEqual(before);
    expect(await relay.secrets.state(secretIdOf('ep_erp'))).toBeUndefined();
  });

  test('makes the endpoints match the file, creates secrets, and changes nothing when repeated', async () => {
    await done(['add', '--id', 'ep_old', '--url', 'https://old.example.com', '--topic', '*']);
    await done(add);
    const secrets = await signing('ep_crm');
    const out = await done(['apply', '-f', file('both.yaml', both), '--yes']);
    expect(out.split('\n').at(-1)).toBe('Added ep_erp; updated ep_crm; removed ep_old.');
    expect((await relay.endpoints.all()).endpoints.map(({ id }) => id).toSorted()).toEqual([
      'ep_crm',
      'ep_erp',
    ]);
    expect(out).toContain(
      `Signing secret of ep_erp, printed only once: ${(await signing('ep_erp')).join(' ')}`,
    );
    expect(await signing('ep_crm')).toEqual(secrets);
    await expect(signing('ep_old')).rejects.toThrow('secret.unusable');
    expect(await done(['apply', '-f', file('both.yaml', both)])).toBe('Everything matches the file already.');
  });

  test('asks before it removes an endpoint, and says so without a terminal too', async () => {
    await done(['add', '--id', 'ep_old', '--url', 'https://old.example.com', '--topic', '*']);
    const before = await relay.endpoints.all();
    const path = file('both.yaml', both);
    const { code, err } = await pcr(['apply', '-f', path], { answer: false });
    expect({ code, err }).toEqual({
      code: 1,
      err: 'Not in the file: ep_old. Remove? (--yes)\nNothing was changed.',
    });
    expect(await relay.endpoints.all()).toEqual(before);
    expect(await relay.secrets.state(secretIdOf('ep_erp'))).toBeUndefined();
    const asJson = await pcr(['apply', '-f', path, '--yes', '--json']);
    expect(JSON.parse(asJson.out)).toMatchObject({ applied: true, remove: ['ep_old'] });
  });

  test('does not ask if it only adds and updates', async () => {
    await done(add);
    expect(await done(['apply', '-f', file('both.yaml', both)], { answer: false })).toContain(
      'Added ep_erp; updated ep_crm.',
    );
  });

  test.each([[['apply', '-f', 'none.yaml', '--force']], [['remove', 'ep_crm', '--force']]])(
    'refuses --force in %j, and names --yes, the one word for consent',
    async (args) => {
      const { code, err } = await pcr(args);
      expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    },
  );

  test('asks before it removes an endpoint with waiting deliveries, and changes nothing after a no', async () => {
    await done(['add', '--id', 'ep_old', '--url', 'https://old.example.com', '--topic', '*']);
    const id = await operated.addDelivery('ep_old', 1);
    const before = await relay.endpoints.all();
    const path = file('both.yaml', both);
    expect(await pcr(['apply', '-f', path], { answer: false })).toMatchObject({ code: 1 });
    expect(await relay.endpoints.all()).toEqual(before);
    expect(await done(['apply', '-f', path], { answer: true })).toContain(id);
    expect(await relay.deliveries.find(id)).toMatchObject({ status: 'cancelled' });
  });

  test('finishes an interrupted run, and parks no delivery because its endpoint is missing', async () => {
    await done(['add', '--id', 'ep_old', '--url', 'https://old.example.com', '--topic', '*']);
    await relay.gates.write('ep_old', failing, (await relay.gates.read('ep_old')).revision);
    const id = await operated.addDelivery('ep_old', 1);
    const path = file('both.yaml', both);
    const deliveries = {
      ...relay.deliveries,
      cancel: async () => {
        // The endpoint still exists and is disabled, so a worker would hold the delivery.
        expect(await relay.endpoints.find('ep_old')).toMatchObject({ disabled: { reason: 'being removed' } });
        throw new Error('cut off');
      },
    };
    const { code, err } = await pcr(['apply', '-f', path, '--yes'], { relay: { ...relay, deliveries } });
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('cut off') });
    expect(await done(['apply', '-f', path, '--yes'])).toContain('- ep_old');
    expect(await relay.deliveries.find(id)).toMatchObject({ status: 'cancelled' });
    expect(await relay.endpoints.find('ep_old')).toBeUndefined();
    expect(await failuresOf('ep_old')).toBe(0);
  });

  test('keeps a secret that another endpoint names by its ARN, and rotates no other secret', async () => {
    await done(add);
    await done(['add', '--id', 'ep_old', '--url', 'https://old.example.com', '--topic', '*']);
    const [crm, old] = [await signing('ep_crm'), await signing('ep_old')];
    const text = `endpoints:
  - { id: ep_crm, url: 'https://crm.example.com/hooks', topics: ['*'], secretId: '${secretArnOf('ep_crm')}' }
`;
    await relay.endpoints.add(
      endpoint({ id: 'ep_two', destination: webhook({ secretId: secretArnOf('ep_old') }) }),
    );
    const two = `  - { id: ep_two, url: 'https://hooks.example.com/orders', topics: ['*'] }\n`;
    await done(['apply', '-f', file('arn.yaml', text + two), '--yes']);
    expect(await signing('ep_crm')).toEqual(crm);
    expect(await signing('ep_old')).toEqual(old);
    await done(['apply', '-f', file('name.yaml', both), '--yes']);
    expect(await signing('ep_crm')).toEqual(crm);
  });

  test('keeps the secret of an endpoint, and creates one for an endpoint that becomes a webhook', async () => {
    await done(add);
    const secretId = `${secretIdOf('ep_two')}-chosen`;
    await relay.secrets.create(secretId, [`whsec_${Buffer.alloc(24, 7).toString('base64')}`]);
    await done([
      'add',
      '--id',
      'ep_two',
      '--url',
      'https://two.example.com',
      '--topic',
      '*',
      '--secret-id',
      secretId,
    ]);
    const bus = 'arn:aws:events:us-east-1:123456789012:event-bus/co-sell';
    await done(['add', '--id', 'ep_erp', '--event-bus', bus, '--topic', '*']);
    const text = `${both}  - { id: ep_two, url: 'https://two.example.com', topics: ['*'], payload: thin }\n`;
    const out = await done(['apply', '-f', file('kept.yaml', text)]);
    expect(await relay.endpoints.find('ep_two')).toMatchObject({
      payload: 'thin',
      destination: { secretId },
    });
    expect(out).toContain(
      `Signing secret of ep_erp, printed only once: ${(await signing('ep_erp')).join(' ')}`,
    );
  });

  test('prints no secret if the output is not a terminal, and says how to read it', async () => {
    const io = { isOutputTerminal: false };
    const { out, err } = await pcr(['apply', '-f', file('both.yaml', both)], io);
    expect(out).not.toContain('whsec_');
    expect(err).toContain('The signing secret of ep_erp was created. It is not printed');
    expect(err).toContain(`get-secret-value --secret-id '${secretIdOf('ep_erp')}'`);
    await done(['remove', 'ep_erp', '--yes']);
    const asJson = await pcr(['apply', '-f', file('both.yaml', both), '--json'], io);
    expect(asJson.out).not.toContain('whsec_');
    expect(JSON.parse(asJson.out).secrets).toEqual({ ep_erp: { secretId: secretIdOf('ep_erp') } });
  });

  test('writes the created secrets to a new file that only the user can read', async () => {
    const path = join(folder, `created-secrets.json`);
    const { out } = await pcr(['apply', '-f', file('both.yaml', both), '--secrets-file', path]);
    expect(out).not.toContain('whsec_');
    const [secret] = await signing('ep_erp');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ ep_erp: { secret } });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await done(['remove', 'ep_erp', '--yes']);
    const again = await pcr(['apply', '-f', file('both.yaml', both), '--secrets-file', path]);
    expect(again.err).toContain('allowed: a path at which no file exists');
    expect(await relay.endpoints.find('ep_erp')).toBeUndefined();
  });

  test('changes nothing if one endpoint is invalid', async () => {
    const wrong = `${both}  - { id: ep_bad, url: 'http://bad.example.com', topics: ['*'] }\n`;
    const { code, err } = await pcr(['apply', '-f', file('wrong.yaml', wrong)]);
    expect(code).toBe(2);
    expect(err).toContain('endpoints[2] (ep_bad) url: "http://bad.example.com"');
    expect(await relay.endpoints.all()).toEqual({ endpoints: [], unreadable: [] });
  });

  test('changes nothing if an endpoint is disabled meanwhile', async () => {
    await done(add);
    const { endpointSet } = relay;
    relay = {
      ...relay,
      endpointSet: {
        async change(changes) {
          await relay.endpoints.disable('ep_crm', 'answered 410', now);
          return endpointSet.change(changes);
        },
      },
    };
    const { code, err } = await pcr(['apply', '-f', file('both.yaml', both)]);
    expect(code).toBe(1);
    expect(err).toContain('Nothing was changed');
    expect((await relay.endpoints.all()).endpoints).toMatchObject([
      {
        id: 'ep_crm',
        disabled: { reason: 'answered 410' },
        destination: { url: 'https://crm.example.com/hooks' },
      },
    ]);
    expect(await done(['apply', '-f', file('both.yaml', both), '--dry-run'])).toContain('+ ep_erp');
  });
});
