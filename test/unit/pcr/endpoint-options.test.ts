import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterAll, describe, expect, it } from 'vitest';
import { givenFields, toEndpoint } from '../../../bin/pcr/endpoints/definition-options.ts';
import { relayOf } from '../../../bin/pcr/relay.ts';
import { runWith } from '../../fakes/recorded-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'pcr-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const outputs = new Map([
  ['WebhooksTableName', 'webhooks'],
  ['RecordsTableName', 'records'],
  ['EndpointSecretNamePrefix', 'Relay/endpoints/'],
  ['DeliveryQueueUrl', 'https://sqs.us-east-1.amazonaws.com/123456789012/delivery'],
]);
const settings = { region: 'us-east-1', maxAttempts: 1 };
const deployed = relayOf({ name: 'Relay', outputs }, new CloudFormationClient(settings), settings);

const url = ['--url', 'https://partner.example.com/hooks'];
const topic = ['--topic', 'opportunity.*'];

describe('options of pcr endpoints', () => {
  it('become the fields of the endpoint', () => {
    const given = givenFields({
      url: 'https://partner.example.com/hooks',
      topic: ['opportunity.*'],
      filter: '{"data":{"version":[1]}}',
      header: ['X-Tenant: example', 'Authorization:Bearer a:b'],
      timeoutSeconds: '20',
      ratePerSecond: '0.5',
    });
    expect(toEndpoint({ id: 'ep_crm', secretId: 'crm', ...given })).toEqual({
      id: 'ep_crm',
      destination: {
        kind: 'webhook',
        url: 'https://partner.example.com/hooks',
        headers: { 'X-Tenant': 'example', Authorization: 'Bearer a:b' },
        timeoutSeconds: 20,
        secretId: 'crm',
      },
      topics: ['opportunity.*'],
      catalogs: [],
      filter: { data: { version: [1] } },
      payload: 'full',
      redact: [],
      ordering: 'none',
      ratePerSecond: 0.5,
    });
  });

  it('name the client whose own endpoint it is, and what becomes of its echoes', () => {
    const given = givenFields({ eventBus: 'x', topic: ['*'], client: 'crm', echo: 'omit' });
    expect(given).toMatchObject({ client: 'crm', echo: 'omit' });
  });

  it('become a list of what is sent, if they are --only', () => {
    const given = givenFields({ eventBus: 'x', topic: ['*'], only: ['/LifeCycle/Stage', '/Id'] });
    expect(given['redact']).toEqual({ only: ['/LifeCycle/Stage', '/Id'] });
  });

  const bad: readonly (readonly [string, readonly string[], string])[] = [
    ['no destination', topic, 'url, eventBus: neither given; allowed: one of them'],
    ['no topic', url, 'topics: '],
    ['a topic that nothing matches', [...url, '--topic', 'invoice.*'], 'topics[0]: "invoice.*"; allowed: '],
    [
      'an address that is not https',
      ['--url', 'http://partner.example.com', ...topic],
      'url: "http://partner',
    ],
    ['an id of another form', [...url, ...topic, '--id', 'crm'], 'id: "crm"; allowed: ep_ and 1 to 64'],
    ['a filter that is no JSON', [...url, ...topic, '--filter', '{'], '--filter "{": allowed: JSON'],
    [
      'a filter with a number that JavaScript cannot hold',
      [...url, ...topic, '--filter', '{"data":{"record":{"a":[9007199254740993]}}}'],
      'filter/data/record/a: the number 9007199254740993; allowed: 0, and 1e-130 to 9007199254740991',
    ],
    [
      'a filter with a limit of 1e999',
      [...url, ...topic, '--filter', '{"data":{"version":[{"numeric":[">",0,"<",1e999]}]}}'],
      'filter/data/version: the number 1e999; allowed: 0',
    ],
    [
      'a rate beyond all limits',
      [...url, ...topic, '--rate-per-second', '9007199254740993'],
      '9007199254740993; allowed',
    ],
    ['a filter that is an alias', [...url, ...topic, '--filter', '*foo'], '--filter "*foo": allowed: JSON'],
    [
      'an unknown catalog',
      [...url, ...topic, '--catalog', 'aws'],
      'catalogs[0]: "aws"; allowed: one of AWS, Sandbox',
    ],
    [
      'a timeout out of bounds',
      [...url, ...topic, '--timeout-seconds', '31'],
      'timeoutSeconds: 31; allowed: ',
    ],
    [
      'a timeout that is no number',
      [...url, ...topic, '--timeout-seconds', 'long'],
      'timeoutSeconds: "long"',
    ],
    ['a rate of nothing', [...url, ...topic, '--rate-per-second', '0'], 'ratePerSecond: 0; allowed: '],
    [
      'echoes without a client',
      [...url, ...topic, '--echo', 'omit'],
      'echo: "omit"; allowed: only with client',
    ],
    [
      'an unknown form of echoes',
      [...url, ...topic, '--client', 'crm', '--echo', 'drop'],
      'echo: "drop"; allowed: one of mark, omit',
    ],
    [
      'a client that cannot be one',
      [...url, ...topic, '--client', 'The CRM'],
      'client: "The CRM"; allowed: ',
    ],
    ['an unknown ordering', [...url, ...topic, '--ordering', 'all'], 'ordering: "all"; allowed: one of none'],
    [
      'an unknown payload',
      [...url, ...topic, '--payload', 'thick'],
      'payload: "thick"; allowed: one of full',
    ],
    [
      'an invalid pointer of what is sent',
      [...url, ...topic, '--only', 'personal-data'],
      'redact.only[0]: "personal-data"; allowed: a JSON Pointer',
    ],
    [
      'both lists',
      [...url, ...topic, '--only', '/Id', '--redact', '/Customer'],
      '--redact, --only: both given; allowed: one of them',
    ],
    ['an invalid pointer', [...url, ...topic, '--redact', 'Customer'], 'redact[0]: "Customer"; allowed: '],
    [
      'a header without a value',
      [...url, ...topic, '--header', 's3cret'],
      '--header, number 1: allowed: a name',
    ],
    [
      'a header given twice',
      [...url, ...topic, '--header', 'A: 1', '--header', 'A: 2'],
      '--header A: given twice',
    ],
    [
      'a header of ours',
      [...url, ...topic, '--header', 'webhook-id: s3cret'],
      'headers: webhook-id; allowed',
    ],
    [
      'a secret for an event bus',
      ['--event-bus', 'arn:aws:events:us-east-1:123456789012:event-bus/co-sell', ...topic, '--asymmetric'],
      '--asymmetric: allowed with --url only',
    ],
    [
      'two secrets',
      [...url, ...topic, '--secret-id', 'a', '--secret-file', 'b'],
      '--secret-id, --secret-file: allowed: one',
    ],
    [
      'a file that is not there',
      [...url, ...topic, '--secret-file', '/nowhere'],
      '--secret-file /nowhere: this file does not exist',
    ],
    [
      'a secret that is too short',
      [...url, ...topic, '--secret-file', file('short', 'whsec_czNjcmV0')],
      'not a valid secret; allowed: whsec_ and 24',
    ],
  ];

  it.each(bad)(
    'end with 2 and the reason for %s, before the stack is looked up',
    async (_what, args, said) => {
      const { code, out, err } = await runWith(['endpoints', 'add', ...args]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(said);
      expect(err).not.toMatch(/s3cret|czNjcmV0/);
    },
  );

  it.each([
    'http://localhost:3000/hook',
    'https://hooks.localhost/',
    'https://127.1/',
    'https://[::1]/hook',
    'https://169.254.169.254/latest',
    'https://0.0.0.0/',
  ])('refuse the address %s for a stack in AWS and suggest pcr listen', async (address) => {
    const { code, err } = await runWith(['endpoints', 'add', '--url', address, ...topic], {
      relay: deployed,
    });
    expect(code).toBe(2);
    expect(err).toMatch(
      /url: \S+; allowed: an address that AWS can reach; for a server on this machine use `pcr listen /,
    );
  });

  it('report all problems at once', async () => {
    const { err } = await runWith(['endpoints', 'add', '--url', 'x', '--topic', 'y', '--payload', 'z']);
    expect(err.split('\n').map((line) => /^error: (\w+)/.exec(line)?.[1])).toEqual([
      'url',
      'topics',
      'payload',
    ]);
  });

  it.each([
    [['update', 'ep_crm'], 'options: none given'],
    [['update', 'ep_crm', '--unset', 'url'], '--unset url: allowed: description, '],
    [
      ['update', 'ep_crm', '--unset', 'payload', '--payload', 'thin'],
      '--unset payload: it also has a new value',
    ],
    [['rotate-secret', 'ep_crm', '--finish', '--asymmetric'], '--finish: allowed alone'],
    [['rotate-secret', 'ep_crm', '--finish', '--secrets-file', 'a'], '--finish: allowed alone'],
    [
      ['rotate-secret', 'ep_crm', '--secret-file', 'a', '--secrets-file', 'b'],
      '--secret-file, --secrets-file: allowed: one of them',
    ],
    [['test', 'ep_crm', '--wait-seconds', '0'], 'Allowed: a whole number from 1 to 600.'],
    [['apply'], "required option '-f, --file <file>' not specified"],
    [['apply', '-f', '/nowhere'], '--file /nowhere: this file does not exist'],
    [
      ['apply', '-f', file('none.yaml', 'endpoints: [{id: ep_a, urll: x}]')],
      'endpoints[0] (ep_a) urll: not a field',
    ],
  ])('%j: the command ends with exit code 2 and the reason', async (args, said) => {
    const { code, err } = await runWith(['endpoints', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(said);
  });
});
