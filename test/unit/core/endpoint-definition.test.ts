import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import {
  endpointDefinition,
  parseEndpoint,
  parseStoredEndpoint,
} from '../../../lambdas/core/endpoint-definition.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { chat, endpoint, slackUrl, teamsUrl, webhook } from '../../builders/endpoints.ts';

const least = { id: 'ep_crm', url: 'https://crm.example.com/hooks', secretId: 'relay/ep_crm', topics: ['*'] };
const bus = 'arn:aws:events:us-east-1:111122223333:event-bus/partner-central';

function problemsOf(given: Json): readonly string[] {
  const parsed = parseEndpoint(given);
  return 'problems' in parsed ? parsed.problems : [];
}

function allowed(start: string): unknown {
  return expect.stringContaining(start);
}

describe('an endpoint', () => {
  it('needs an id, a URL with a secret, and topics: all other fields have a default', () => {
    const destination = webhook({ url: least.url, secretId: least.secretId });
    expect(parseEndpoint(least)).toEqual({ endpoint: endpoint({ id: 'ep_crm', destination }) });
  });

  it('may go to an event bus', () => {
    const expected = endpoint({ id: 'ep_bus', destination: { kind: 'eventbridge', busArn: bus } });
    expect(parseEndpoint({ id: 'ep_bus', eventBus: bus, topics: ['*'] })).toEqual({ endpoint: expected });
  });

  it.each<[string, Endpoint]>([
    ['with every default', endpoint()],
    ['in Slack', endpoint({ destination: chat() })],
    ['in Teams', endpoint({ destination: chat({ format: 'teams', timeoutSeconds: 30 }), payload: 'thin' })],
    ['on a bus', endpoint({ destination: { kind: 'eventbridge', busArn: bus } })],
    [
      'with everything',
      endpoint({
        description: 'The CRM of Example Corp',
        destination: webhook({ headers: { Authorization: 'Bearer example' }, timeoutSeconds: 30 }),
        topics: ['opportunity.*', '*_changed'],
        catalogs: ['AWS', 'Sandbox'],
        filter: { data: { record: { Id: [{ exists: true }] } } },
        payload: 'thin',
        redact: ['personal-data', '/Customer/Contacts/*/Email', '/a~1b/~0'],
        ordering: 'per-record',
        ratePerSecond: 0.2,
        client: 'crm-2',
        echo: 'omit',
      }),
    ],
    [
      'of a caller with credentials of AWS',
      endpoint({ client: 'arn:aws:sts::111122223333:assumed-role/crm', echo: 'mark' }),
    ],
  ])('%s is parsed from its own definition', (_, one) => {
    expect(parseEndpoint(endpointDefinition(one))).toEqual({ endpoint: one });
  });

  it('marks the echoes of its client, unless it says otherwise', () => {
    expect(parseEndpoint({ ...least, client: 'crm' })).toMatchObject({
      endpoint: { client: 'crm', echo: 'mark' },
    });
  });
});

describe('a problem of a definition', () => {
  it.each<[string, JsonObject, string]>([
    ['id', { id: 'crm' }, 'id: "crm"; allowed: ep_ and 1 to 64 letters or digits'],
    ['id', { id: 7 }, 'id: 7; allowed: ep_'],
    [
      'redact, with too many entries',
      { redact: Array.from({ length: 65 }, (__, index) => `/a${index}`) },
      'redact: a list; allowed: a list of up to 64, each a JSON Pointer',
    ],
    [
      'redact, with too many steps',
      { redact: ['/a'.repeat(25)] },
      `redact[0]: "${'/a'.repeat(25)}"; allowed: a JSON Pointer into the record`,
    ],
    ['filter, with 1e999', { filter: { a: [Number('1e999')] } }, 'filter/a: the number Infinity; allowed: 0'],
    [
      'filter, with 40 levels',
      { filter: JSON.parse(`${'{"a":'.repeat(40)}[1]${'}'.repeat(40)}`) },
      'filter: nested too deeply; allowed: 24 levels',
    ],
    ['echo without client', { echo: 'omit' }, 'echo: "omit"; allowed: only with client'],
    ['echo', { client: 'crm', echo: 'drop' }, 'echo: "drop"; allowed: one of mark, omit'],
    [
      'client',
      { client: 'CRM' },
      'client: "CRM"; allowed: the id of a client, or as `pcr commands` prints it',
    ],
    ['client', { client: 'a'.repeat(41) }, `client: "${'a'.repeat(41)}"; allowed:`],
    [
      'client, a session',
      { client: 'arn:aws:sts::111122223333:assumed-role/crm/session' },
      'client: "arn:aws:sts::111122223333:assumed-role/crm/session"; allowed:',
    ],
    [
      'client, a role in place of its caller',
      { client: 'arn:aws:iam::111122223333:role/crm' },
      'client: "arn:aws:iam::111122223333:role/crm"; allowed:',
    ],
    ['description', { description: 'a\u0000b' }, 'description: "a\\u0000b"; allowed: up to 256 characters'],
    ['url', { url: 'http://crm.example.com' }, 'url: "http://crm.example.com"; allowed: an https:// URL'],
    ['url', { url: 'https://user:pass@example.com/' }, 'url: "https://user:pass@example.com/"; allowed:'],
    ['url', { url: 'https://example.com/#part' }, 'url: "https://example.com/#part"; allowed:'],
    ['url', { url: 'https://example.com/\r\nX: y' }, 'url: "https://example.com/\\r\\nX: y"; allowed:'],
    ['url', { url: 'https://exa\tmple.com/' }, 'url: "https://exa\\tmple.com/"; allowed:'],
    ['url', { url: 'ftp://example.com' }, 'url: "ftp://example.com"; allowed:'],
    ['url', { url: 'example' }, 'url: "example"; allowed:'],
    ['secretId', { secretId: '' }, 'secretId: ""; allowed: name or ARN'],
    [
      'timeoutSeconds',
      { timeoutSeconds: 31 },
      'timeoutSeconds: 31; allowed: a whole number of seconds from 1 to 30',
    ],
    ['caCertificate', { caCertificate: 'ca.pem' }, 'caCertificate: "ca.pem"; allowed: certificates in PEM'],
    ['timeoutSeconds', { timeoutSeconds: 0.5 }, 'timeoutSeconds: 0.5; allowed:'],
    [
      'topics',
      { topics: [] },
      'topics: an empty list; allowed: a list of at least one, each a type or topic',
    ],
    ['topics', { topics: ['oportunity.*'] }, 'topics[0]: "oportunity.*"; allowed: a type or topic'],
    ['catalogs', { catalogs: ['AWS', 'A-1'] }, 'catalogs[1]: "A-1"; allowed: one of AWS, Sandbox'],
    ['catalogs', { catalogs: ['aws'] }, 'catalogs[0]: "aws"; allowed: one of AWS, Sandbox'],
    ['filter', { filter: { type: 'x' } }, 'filter/type: must be a list of values or an object'],
    ['filter', { filter: [] }, 'filter: an empty list; allowed: an EventBridge event pattern'],
    ['payload', { payload: 'slim' }, 'payload: "slim"; allowed: one of full, thin'],
    ['redact', { redact: ['Customer'] }, 'redact[0]: "Customer"; allowed: a JSON Pointer'],
    ['redact', { redact: ['/a~2'] }, 'redact[0]: "/a~2"; allowed: a JSON Pointer'],
    ['redact', { redact: ['/'] }, 'redact[0]: "/"; allowed: a JSON Pointer'],
    [
      'redact',
      { redact: '/Customer' },
      'redact: "/Customer"; allowed: a list of up to 64, each a JSON Pointer',
    ],
    ['only', { redact: { only: ['Customer'] } }, 'redact.only[0]: "Customer"; allowed: a JSON Pointer'],
    ['only', { redact: { only: ['personal-data'] } }, 'redact.only[0]: "personal-data"; allowed: a JSON'],
    ['only', { redact: { only: [] } }, 'redact.only: an empty list; allowed: a list of 1 to 64, each a JSON'],
    ['only', { redact: { only: '/Id' } }, 'redact.only: "/Id"; allowed: a list of 1 to 64, each a JSON'],
    ['only', { redact: {} }, 'redact.only: nothing; allowed: a list of up to 64, each'],
    [
      'only beside a list',
      { redact: { only: ['/Id'], omit: ['/Customer'] } },
      'redact.omit: a list; allowed: a list of up to 64, each',
    ],
    [
      'only in the wrong place',
      { redact: ['/Customer'], only: ['/Id'] },
      'only: not a field of an endpoint; allowed: inside redact, as redact: { only: [pointers] }',
    ],
    ['format', { format: 'discord' }, 'format: "discord"; allowed: one of standard, slack, teams'],
    ['ordering', { ordering: 'strict' }, 'ordering: "strict"; allowed: one of none, per-record'],
    ['ratePerSecond', { ratePerSecond: 0 }, 'ratePerSecond: 0; allowed: a number above 0, up to 1000'],
    ['an unknown field', { topic: '*' }, 'topic: not a field of an endpoint; allowed: id, '],
  ])('names %s, its value and what is allowed', (_, change, problem) => {
    expect(problemsOf({ ...least, ...change })).toEqual([allowed(problem)]);
  });

  it.each<[string, JsonObject, string]>([
    ['url', { url: slackUrl }, 'url: not with format slack, whose URL is a secret; allowed: --url-file'],
    ['headers', { headers: { a: 'b' } }, 'headers: allowed only with format standard, not with slack'],
    ['caCertificate', { caCertificate: 'x' }, 'caCertificate: allowed only with format standard'],
    ['eventBus', { eventBus: bus }, 'eventBus: allowed only with format standard, not with slack'],
    ['secretId', { secretId: '' }, 'secretId: ""; allowed: name or ARN'],
    ['timeoutSeconds', { timeoutSeconds: 31 }, 'timeoutSeconds: 31; allowed: a whole number'],
  ])('names %s of a chat, and never its URL', (_, change, problem) => {
    const problems = problemsOf({ id: 'ep_deals', format: 'slack', secretId: 'x', topics: ['*'], ...change });
    expect(problems).toEqual([allowed(problem)]);
    expect(problems.join()).not.toContain('ExampleToken');
  });

  it.each([slackUrl, slackUrl.replace('https', 'http'), `${slackUrl}#`])(
    'hides the URL of a webhook of Slack in the wrong place: %s',
    (url) => {
      const problems = problemsOf({ ...least, url });
      expect(problems.join()).toContain('url: "https://hooks.slack.com/…"; allowed: ');
      expect(problems.join()).toContain('format: slack');
      expect(problems.join()).not.toContain('ExampleToken');
    },
  );

  it.each([
    teamsUrl,
    teamsUrl.replace('https', 'http'),
    `${teamsUrl}#`,
    'https://example.environment.api.powerplatform.com/workflows/0?sig=Example-Signature_Of0Channel',
    'https://example.powerautomate.com/0?sp=1&sig=Example-Signature_Of0Channel',
  ])('hides the URL of a workflow of Teams in the wrong place: %s', (url) => {
    const problems = problemsOf({ ...least, url });
    expect(problems.join()).toContain('url: "https://…&sig=…"; allowed: ');
    expect(problems.join()).toContain('format: teams');
    expect(problems.join()).not.toMatch(/Example-Signature/);
  });

  it.each(['https://crm.logic.azure.com/hooks', 'https://crm.example.com/hooks?sig=1'])(
    'may be a webhook of another service of Microsoft, or with a signature in its URL: %s',
    (url) => {
      expect(problemsOf({ ...least, url })).toEqual([]);
    },
  );

  it.each(['format', 'secretId'])('hides the URL of a channel as %s', (field) => {
    for (const url of [slackUrl, teamsUrl])
      expect(problemsOf({ ...least, [field]: `${url} ` }).join()).not.toMatch(/T0EXAMPLE|prod-00/);
  });

  it('is reported together with all others, including missing fields', () => {
    expect(problemsOf({})).toEqual([
      'url, eventBus: neither given; allowed: one of them',
      allowed('id: nothing; allowed: '),
      allowed('topics: nothing; allowed: a list'),
    ]);
    expect(problemsOf({ id: 'ep_a', url: least.url, topics: ['*'] })).toEqual([
      allowed('secretId: nothing; allowed: '),
    ]);
    expect(problemsOf('crm')).toEqual(['an endpoint: "crm"; allowed: an object']);
  });

  it('has a problem if it has both a URL and an event bus', () => {
    expect(problemsOf({ ...least, eventBus: bus })).toEqual([
      'url, eventBus: both given; allowed: one of them',
    ]);
    expect(problemsOf({ id: 'ep_a', eventBus: bus, topics: ['*'], headers: {} })).toEqual([
      'headers: allowed only with url, not with eventBus',
    ]);
    expect(problemsOf({ id: 'ep_a', eventBus: 'default', topics: ['*'] })).toEqual([
      'eventBus: "default"; allowed: arn:aws:events:<region>:<account>:event-bus/<name>',
    ]);
  });
});

describe('headers', () => {
  it.each<[Json, string]>([
    [{ Host: 'example.com' }, 'Host'],
    [{ 'content-length': '1' }, 'content-length'],
    [{ 'Content-Type': 'text/plain' }, 'Content-Type'],
    [{ 'webhook-id': 'msg_1' }, 'webhook-id'],
    [{ 'X-Tenant': 'a', 'WEBHOOK-Signature': 'v1,', te: 'b' }, 'WEBHOOK-Signature, te'],
    [{ 'Transfer-Encoding': 'chunked' }, 'Transfer-Encoding'],
    [{ connection: 'close' }, 'connection'],
    [{ 'X-A\r\nX-B': 'c' }, 'number 1'],
    [{ 'X-A': 'b', 'Authorization:Bearer s3cret': null }, 'number 2'],
    [{ '': 'b' }, 'number 1'],
    [{ 'X-A': 'b\r\nX-C: d' }, 'X-A'],
    [{ 'X-A': 'b\u0000' }, 'X-A'],
    [{ 'X-A': 'ü' }, 'X-A'],
    [{ 'X-A': 1 }, 'X-A'],
    [{ 'X-A': 'b', 'x-a': 'c' }, 'x-a'],
    [['X-A: b'], 'not an object of names and values'],
    ['X-A: b', 'not an object of names and values'],
    [Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`X-${index}`, 'b'])), '21 headers'],
  ])('%j are refused by name, without their values', (headers, names) => {
    const [problem, ...others] = problemsOf({ ...least, headers });
    expect(problem?.startsWith(`headers: ${names}; allowed: up to 20 headers`)).toBe(true);
    expect(others).toEqual([]);
  });

  it('accepts custom headers', () => {
    expect(
      problemsOf({ ...least, headers: { Authorization: 'Bearer a b', 'X-Tenant': '', 'x_y.z': '~!' } }),
    ).toEqual([]);
  });
});

describe('a stored endpoint', () => {
  it('is disabled by any value of disabled', () => {
    const disabled = { reason: 'answered 410 Gone', at: '2026-03-01T10:00:00.000Z' };
    expect(parseStoredEndpoint({ ...least, disabled })).toMatchObject({ endpoint: { disabled } });
    const unknown = { reason: 'not given', at: 'not given' };
    expect(parseStoredEndpoint({ ...least, disabled: true })).toMatchObject({
      endpoint: { disabled: unknown },
    });
  });

  it('may be a listener', () => {
    const item = { id: 'ep_a', topics: ['*'], listenerExpiresAt: '2026-03-01T10:00:00.000Z' };
    const destination = { kind: 'listener', expiresAt: '2026-03-01T10:00:00.000Z' };
    expect(parseStoredEndpoint(item)).toMatchObject({ endpoint: { destination } });
    expect(problemsOf(item)).toContainEqual(expect.stringContaining('listenerExpiresAt: not a field'));
  });

  it('may have unknown members, a removed topic, or no topics', () => {
    const item = { ...least, pk: 'endpoint', note: 'mine', topics: ['opportunity.vanished'] };
    expect(parseStoredEndpoint(item)).toMatchObject({ endpoint: { topics: ['opportunity.vanished'] } });
    expect(parseStoredEndpoint({ ...least, topics: [] })).toMatchObject({ endpoint: { topics: [] } });
    expect(parseStoredEndpoint({ ...least, catalogs: ['aws'] })).toMatchObject({
      endpoint: { catalogs: ['aws'] },
    });
  });

  it('is invalid if a required field cannot be read', () => {
    expect(parseStoredEndpoint({ ...least, url: 42 })).toMatchObject({ problems: [allowedUrl] });
    // Of a later release: its messages wait until that release reads them.
    expect(parseStoredEndpoint({ ...least, format: 'discord' })).toMatchObject({
      problems: [allowed('format: "discord"')],
    });
    expect(parseStoredEndpoint('x')).toMatchObject({ problems: ['not an object'] });
  });
  const allowedUrl: unknown = expect.stringContaining('url: 42; allowed:');
});

describe('the certificate of a private authority', () => {
  const caCertificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

  it('is kept with the webhook and printed in its definition', () => {
    const parsed = parseEndpoint({ ...least, caCertificate });
    if ('problems' in parsed) throw new Error(parsed.problems.join());
    expect(parsed.endpoint.destination).toMatchObject({ kind: 'webhook', caCertificate });
    expect(endpointDefinition(parsed.endpoint)).toMatchObject({ caCertificate });
  });
});
