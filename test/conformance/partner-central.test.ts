import { describe, expect, test } from 'vitest';
import { type JsonObject, omitNulls } from '../../lambdas/core/json.ts';
import { type ErrorCode, never } from '../../lambdas/core/service-error.ts';
import type { PartnerCentral } from '../../lambdas/ports/partner-central.ts';
import { freePort } from '../../local/host/owned-process.ts';
import type { Fault } from '../../local/partner-central/simulator-server.ts';
import { engagementBody, engagementPayload } from '../builders/engagement-payloads.ts';
import { invitationPayload, referralInvitationBody } from '../builders/invitation-payloads.ts';
import {
  awsSummaryBody,
  awsSummaryPayload,
  opportunityBody,
  opportunityPayload,
} from '../builders/payloads.ts';
import { type Operation, scriptedPartnerCentral } from '../fakes/scripted-partner-central.ts';
import { type Answering, answering, usePartnerCentral } from './partner-central-under-test.ts';

const { adapterFor, withSimulator, withServer } = usePartnerCentral();

const reads: readonly (readonly [
  Operation,
  string,
  (api: PartnerCentral, id: string) => Promise<JsonObject>,
  JsonObject,
  JsonObject,
])[] = [
  [
    'GetOpportunity',
    'O1234567',
    (api, id) => api.getOpportunity('AWS', id),
    opportunityBody(),
    opportunityPayload(),
  ],
  [
    'GetAwsOpportunitySummary',
    'O1234567',
    (api, id) => api.getAwsOpportunitySummary('AWS', id),
    awsSummaryBody(),
    awsSummaryPayload(),
  ],
  [
    'GetEngagementInvitation',
    'engi-abcdefgh12345',
    (api, id) => api.getEngagementInvitation('AWS', id),
    referralInvitationBody(),
    invitationPayload(),
  ],
  [
    'GetEngagement',
    'eng-abcdefgh123456',
    (api, id) => api.getEngagement('AWS', id),
    engagementBody(),
    engagementPayload(),
  ],
];

describe.each(reads)('%s', (operation, id, read, body, payload) => {
  test('returns the payload without null members', async () => {
    const api = await withServer(answering(200, JSON.stringify(body)));
    expect(await read(api, id)).toEqual(payload);
  });

  test('throws payload.too-deep, which is never retried, for an answer nested to 10,000 levels', async () => {
    const deep = `{"Id":"a","Member":${'[{"a":'.repeat(5_000)}1${'}]'.repeat(5_000)}}`;
    const api = await withServer(answering(200, deep));
    const details = { operation, mostLevels: 500 };
    await expect(read(api, id)).rejects.toMatchObject({ code: 'payload.too-deep', retry: never, details });
  });

  test('throws payload.too-large, which is never retried, for an answer above 12,000,000 bytes', async () => {
    const large = JSON.stringify({ Id: 'a', Member: 'é'.repeat(6_000_000) });
    const api = await withServer(answering(200, large));
    const details = { operation, mostBytes: 12_000_000 };
    await expect(read(api, id)).rejects.toMatchObject({ code: 'payload.too-large', retry: never, details });
  });

  test('returns an answer of the allowed 12,000,000 bytes', async () => {
    const text = `{"a":"${'b'.repeat(12_000_000 - 8)}"}`;
    const api = await withServer(answering(200, text));
    expect(JSON.stringify(await read(api, id)).length).toBe(12_000_000);
  });

  test('returns an answer nested to the allowed 500 levels', async () => {
    const text = `{"a":`.repeat(500) + '1' + '}'.repeat(500);
    const api = await withServer(answering(200, text));
    expect(JSON.stringify(await read(api, id))).toBe(text);
  });

  test('throws not-found for an unknown id, on the fake as on the service', async () => {
    const { api } = await withSimulator();
    const notFound = { code: 'partner-central.not-found', retry: never };
    await expect(read(api, id)).rejects.toMatchObject(notFound);
    await expect(read(scriptedPartnerCentral(), id)).rejects.toMatchObject(notFound);
  });

  test('sends one request in the wire protocol of the service, with the name of this project', async () => {
    const asked: unknown[] = [];
    const api = await withServer((request, response, sent) => {
      asked.push({
        method: request.method,
        url: request.url,
        target: request.headers['x-amz-target'],
        agent: request.headers['user-agent'],
        sent: JSON.parse(sent),
      });
      response.writeHead(503).end();
    });
    await expect(read(api, id)).rejects.toMatchObject({ code: 'partner-central.unavailable' });
    const identifier =
      operation === 'GetAwsOpportunitySummary' ? 'RelatedOpportunityIdentifier' : 'Identifier';
    expect(asked).toEqual([
      {
        method: 'POST',
        url: '/',
        target: `AWSPartnerCentralSelling.${operation}`,
        agent: expect.stringContaining('partner-central-relay/0.1.0'),
        sent: { Catalog: 'AWS', [identifier]: id },
      },
    ]);
  });
});

describe('against the simulator', () => {
  test('returns every member of every kind', async () => {
    const { partner, api } = await withSimulator();
    const id = partner.createOpportunity('Sandbox');
    partner.submitOpportunity(id);
    const invitationId = partner.createInvitation('Sandbox', 'LeadInvitation');
    const truth = (path: string) => omitNulls(partner.truth().get(path)?.body ?? { none: path });
    expect(await api.getOpportunity('Sandbox', id)).toEqual(truth(`Sandbox/opportunity/${id}`));
    expect(await api.getAwsOpportunitySummary('Sandbox', id)).toEqual(
      truth(`Sandbox/aws-opportunity-summary/${id}`),
    );
    expect(await api.getEngagementInvitation('Sandbox', invitationId)).toEqual(
      truth(`Sandbox/engagement-invitation/${invitationId}`),
    );
    const engagementId = partner.createEngagement('Sandbox');
    const { EngagementMemberList: _members, ...engagement } = truth(`Sandbox/engagement/${engagementId}`);
    expect(await api.getEngagement('Sandbox', engagementId)).toEqual(engagement);
  });

  test('throws for a rejected invitation', async () => {
    const { partner, api } = await withSimulator();
    const id = partner.createInvitation('AWS', 'OpportunityInvitation');
    partner.rejectInvitation(id);
    await expect(api.getEngagementInvitation('AWS', id)).rejects.toMatchObject({
      code: 'partner-central.access-denied',
      retry: never,
    });
  });

  test.each([
    ['AccessDeniedException', 'INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE', 'partner-central.access-denied'],
    ['ValidationException', 'BUSINESS_VALIDATION_FAILED', 'partner-central.invalid'],
  ])("throws %s with AWS's reason %s, and without its message", async (error, Reason, code) => {
    const body = { __type: error, Message: 'jane@example.com may not', Reason };
    const api = await withServer(answering(400, JSON.stringify(body)));
    await expect(api.listOpportunities('AWS', undefined)).rejects.toMatchObject({
      code,
      details: { operation: 'ListOpportunities', error, awsReason: Reason },
    });
  });

  test('throws a refusal without a reason that is no word of AWS', async () => {
    const body = { __type: 'AccessDeniedException', Reason: 'jane@example.com may not' };
    const api = await withServer(answering(400, JSON.stringify(body)));
    await expect(api.listOpportunities('AWS', undefined)).rejects.toMatchObject({
      details: { operation: 'ListOpportunities', error: 'AccessDeniedException' },
    });
  });

  const faults: readonly (readonly [Fault, ErrorCode, 'never' | 'later'])[] = [
    ['throttle', 'partner-central.throttled', 'later'],
    ['internal', 'partner-central.unavailable', 'later'],
    ['hang-up', 'partner-central.unavailable', 'later'],
    ['access-denied', 'partner-central.access-denied', 'never'],
    ['not-found', 'partner-central.not-found', 'never'],
    ['validation', 'partner-central.invalid', 'never'],
  ];
  test.each(faults)('throws for the fault %s the code %s (%s) after one call', async (fault, code, kind) => {
    const { partner, simulator, api } = await withSimulator();
    const id = partner.createOpportunity('AWS');
    simulator.injectFaults(() => fault);
    await expect(api.getOpportunity('AWS', id)).rejects.toMatchObject({
      code,
      retry: { kind },
      details: { operation: 'GetOpportunity' },
    });
    expect(simulator.reads() + simulator.throttled()).toBe(1);
    simulator.injectFaults(undefined);
    expect(await api.getOpportunity('AWS', id)).toMatchObject({ Id: id });
  });

  test('throws invalid for an id that the service does not accept', async () => {
    const { api } = await withSimulator();
    await expect(api.getOpportunity('AWS', 'no opportunity')).rejects.toMatchObject({
      code: 'partner-central.invalid',
      retry: never,
    });
  });
});

describe('promise 5: an answer that breaks the model', () => {
  const odd: ReadonlyMap<string, JsonObject> = new Map([
    ['unknown members', { Id: 'O1', NewMember: { Deep: [1, { er: true }] }, __type: 'kept too' }],
    ['values outside the enums', { Id: 'O1', LifeCycle: { Stage: 'Quantum Leap', ReviewStatus: 'null' } }],
    [
      'timestamps with nine fraction digits',
      { Id: 'O1', LastModifiedDate: '2026-03-01T10:00:00.123456789Z' },
    ],
    ['invalid timestamps', { Id: 'O1', LastModifiedDate: 1772359200.123, CreatedDate: 'yesterday' }],
    [
      'wrong types',
      { Id: 7, LifeCycle: 'Prospect', Customer: [], Project: false, OpportunityTeam: { 0: 'a' } },
    ],
    ['no required members', {}],
    ['members named like those of JavaScript objects', JSON.parse('{"__proto__":{"a":1},"constructor":"b"}')],
  ]);
  test.each([...odd])('keeps %s unchanged', async (_name, body) => {
    const api = await withServer(answering(200, JSON.stringify(body)));
    expect(JSON.stringify(await api.getOpportunity('AWS', 'O1'))).toBe(JSON.stringify(body));
  });

  test('loses null members and keeps null elements', async () => {
    const api = await withServer(
      answering(200, '{"Id":"O1","A":null,"B":{"C":null},"D":[null,{"E":null,"F":1}]}'),
    );
    expect(await api.getOpportunity('AWS', 'O1')).toEqual({ Id: 'O1', B: {}, D: [null, { F: 1 }] });
  });

  test('keeps a character that is split between two packets', async () => {
    const bytes = Buffer.from(JSON.stringify({ Id: 'O1', Title: '👩‍👩‍👧' }));
    const api = await withServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
      response.write(bytes.subarray(0, 22));
      setTimeout(() => response.end(bytes.subarray(22)), 20);
    });
    expect(await api.getOpportunity('AWS', 'O1')).toEqual({ Id: 'O1', Title: '👩‍👩‍👧' });
  });
});

describe('an error of the service', () => {
  const namespace = 'com.amazonaws.partnercentralselling#';
  const named: readonly (readonly [string, number, ErrorCode, 'never' | 'later'])[] = [
    ['ThrottlingException', 400, 'partner-central.throttled', 'later'],
    ['ThrottlingException', 429, 'partner-central.throttled', 'later'],
    ...[
      'Throttling',
      'ThrottledException',
      'TooManyRequestsException',
      'RequestLimitExceeded',
      'RequestThrottled',
      'RequestThrottledException',
      'SlowDown',
      'ProvisionedThroughputExceededException',
      'LimitExceededException',
      'ServiceQuotaExceededException',
    ].map((name) => [name, 400, 'partner-central.throttled', 'later'] as const),
    ['SomethingNewException', 429, 'partner-central.throttled', 'later'],
    ['SlowDown', 503, 'partner-central.throttled', 'later'],
    ['AccessDeniedException', 400, 'partner-central.access-denied', 'never'],
    ['AccessDeniedException', 403, 'partner-central.access-denied', 'never'],
    ['ResourceNotFoundException', 400, 'partner-central.not-found', 'never'],
    ['ResourceNotFoundException', 404, 'partner-central.not-found', 'never'],
    ['ValidationException', 400, 'partner-central.invalid', 'never'],
    ['SerializationException', 400, 'partner-central.invalid', 'never'],
    ['UnknownOperationException', 404, 'partner-central.invalid', 'never'],
    ['InternalServerException', 500, 'partner-central.unavailable', 'later'],
    ['ServiceUnavailableException', 503, 'partner-central.unavailable', 'later'],
    ['ExpiredTokenException', 400, 'partner-central.unavailable', 'later'],
    ['SomethingNewException', 400, 'partner-central.unavailable', 'later'],
  ];
  test.each(named)('%s with HTTP %i becomes %s, %s', async (name, status, code, kind) => {
    const body = JSON.stringify({ __type: `${namespace}${name}`, Message: 'about Example Corp' });
    const api = await withServer(answering(status, body));
    const failure: unknown = await api.getOpportunity('AWS', 'O1').catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ServiceError', code, retry: { kind } });
    expect(String(failure)).not.toContain('Example Corp');
  });
});

describe('an unreadable answer', () => {
  const unavailable = { code: 'partner-central.unavailable', retry: { kind: 'later' } };
  const answers: ReadonlyMap<string, Answering> = new Map([
    ['an HTML page with 503', answering(503, '<html><body>Service Unavailable</body></html>', 'text/html')],
    ['an HTML page with 400', answering(400, '<html>', 'text/html')],
    ['an HTML page with 200', answering(200, '<html>', 'text/html')],
    ['a redirect', answering(302, '')],
    ['broken JSON with 200', answering(200, '{"Id":"O1","Title":"cut of')],
    ['broken JSON with 400', answering(400, '{"__type":"Valid')],
    ['nothing with 200', answering(200, '')],
    ['an array', answering(200, '[]')],
    ['a null', answering(200, 'null')],
    ['a text', answering(200, '"O1"')],
    [
      'a connection that ends within the body',
      (request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
        response.write('{"Id":');
        setTimeout(() => request.socket.destroy(), 20);
      },
    ],
  ]);
  test.each([...answers])('becomes unavailable, later: %s', async (_name, listener) => {
    const api = await withServer(listener);
    await expect(api.getOpportunity('AWS', 'O1')).rejects.toMatchObject(unavailable);
  });

  test('becomes unavailable, later: a refused connection', async () => {
    const api = adapterFor(`http://127.0.0.1:${await freePort()}`);
    await expect(api.getOpportunity('AWS', 'O1')).rejects.toMatchObject(unavailable);
  });

  // Each takes a second, so they run concurrently.
  test('becomes unavailable, later: an answer that does not begin or does not end', async () => {
    const api = await withServer((_request, response, sent) => {
      if (sent.includes('"O2"')) return;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"Id":');
    });
    const outcomes = ['O1', 'O2'].map((id) =>
      expect(api.getOpportunity('AWS', id)).rejects.toMatchObject(unavailable),
    );
    await Promise.all(outcomes);
  });
});
