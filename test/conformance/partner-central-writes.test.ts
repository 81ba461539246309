import { describe, expect, it } from 'vitest';
import { sellingApiWrites } from '../../lambdas/adapters/selling-api-writes.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lambdas/core/json.ts';
import { parseJson } from '../../lambdas/core/json-text.ts';
import { laterAfter, ServiceError } from '../../lambdas/core/service-error.ts';
import type { WriteOperation } from '../../lambdas/core/write-operation.ts';
import type { WriteResult } from '../../lambdas/ports/partner-central-writes.ts';
import type { Quota } from '../../lambdas/ports/quota.ts';
import { throttleForms } from '../../local/partner-central/wire/wire-error.ts';
import { unlimitedQuota } from '../fakes/unlimited-quota.ts';
import { type Answering, answering, usePartnerCentral } from './partner-central-under-test.ts';

interface Sent {
  readonly target: string;
  readonly contentLength: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Write = (operation: WriteOperation, body: JsonObject) => Promise<WriteResult>;

const { serve } = usePartnerCentral();

async function withServer(
  answer: Answering,
  quota: Quota = unlimitedQuota(),
  isCurrent = true,
): Promise<{ write: Write; sent: Sent[] }> {
  const sent: Sent[] = [];
  await serve((request, response, body) => {
    const { 'x-amz-target': target, 'content-length': contentLength, authorization } = request.headers;
    sent.push({ target: String(target), contentLength, authorization, body });
    answer(request, response, body);
  });
  const api = sellingApiWrites({ quota, timeoutMs: 300 });
  return { write: (operation, body) => api.write(operation, body, () => isCurrent), sent };
}

function refusal(name: string, members: JsonObject = {}): string {
  return JSON.stringify({ __type: `com.amazonaws.partnercentralselling#${name}`, Message: '', ...members });
}

describe('PartnerCentralWrites', () => {
  it('sends the body as it is: unknown members, nine digits and exact numbers', async () => {
    const { write, sent } = await withServer(
      answering(200, '{"Id":"O1","LastModifiedDate":"2026-03-09T01:50:25.685385312Z"}'),
    );
    const json =
      '{"Catalog":"AWS","FutureMember":{"Depth":12345678901234567890.10},"Identifier":"O1","LastModifiedDate":"2026-03-09T01:50:25.685385311Z","Zürich":"é"}';
    const body = parseJson(json);
    const result = await write('UpdateOpportunity', isJsonObject(body) ? body : {});
    expect(result).toEqual({
      kind: 'done',
      answer: { Id: 'O1', LastModifiedDate: '2026-03-09T01:50:25.685385312Z' },
    });
    expect(sent).toEqual([
      {
        target: 'AWSPartnerCentralSelling.UpdateOpportunity',
        contentLength: String(Buffer.byteLength(json)),
        authorization: expect.stringContaining('AWS4-HMAC-SHA256'),
        body: json,
      },
    ]);
  });

  it.for([
    'AcceptEngagementInvitation',
    'AssignOpportunity',
    'AssociateOpportunity',
    'DisassociateOpportunity',
    'RejectEngagementInvitation',
    'StartEngagementByAcceptingInvitationTask',
    'StartOpportunityFromEngagementTask',
    'UpdateEngagementContext',
  ] as const)('calls %s, whose answer can be empty', async (operation) => {
    const { write, sent } = await withServer(answering(200, ''));
    expect(await write(operation, { Catalog: 'AWS' })).toEqual({ kind: 'done', answer: {} });
    expect(sent).toMatchObject([
      { target: `AWSPartnerCentralSelling.${operation}`, body: '{"Catalog":"AWS"}' },
    ]);
  });

  it('returns what AWS refuses, with the member of each problem as a pointer', async () => {
    const list: Json = [
      { FieldName: 'LifeCycle.Stage', Code: 'REQUIRED_FIELD_MISSING', Message: 'Stage is required' },
      { FieldName: 'Project.ExpectedCustomerSpend[0].Amount', Code: 'A_NEW_CODE', Message: '' },
      { Code: 'INVALID_VALUE', Message: null },
    ];
    const { write } = await withServer(
      answering(
        400,
        refusal('ValidationException', { Reason: 'BUSINESS_VALIDATION_FAILED', ErrorList: list }),
      ),
    );
    expect(await write('UpdateOpportunity', {})).toEqual({
      kind: 'refused',
      reason: 'invalid',
      error: 'ValidationException',
      awsReason: 'BUSINESS_VALIDATION_FAILED',
      problems: [
        { path: '/LifeCycle/Stage', code: 'REQUIRED_FIELD_MISSING', message: 'Stage is required' },
        { path: '/Project/ExpectedCustomerSpend/0/Amount', code: 'A_NEW_CODE', message: '' },
        { path: '', code: 'INVALID_VALUE', message: '' },
      ],
    });
  });

  it.for([
    ['ConflictException', 'conflict'],
    ['AccessDeniedException', 'access-denied'],
    ['ExpiredTokenException', 'access-denied'],
    ['ResourceNotFoundException', 'not-found'],
    ['AnErrorOfTheFuture', 'invalid'],
  ])('returns %s as %s, without a second call', async ([error = '', reason]) => {
    const { write, sent } = await withServer(answering(400, refusal(error)));
    expect(await write('AssociateOpportunity', {})).toEqual({
      kind: 'refused',
      reason,
      error,
      problems: [],
    });
    expect(sent).toHaveLength(1);
  });

  it.for(throttleForms)(
    'reports a throttle as $name with status $status to the quota',
    async ({ name, status }) => {
      const reports: string[] = [];
      const quota: Quota = {
        acquirePermit: async () => undefined,
        reportThrottle: async () => void reports.push(name),
      };
      const { write, sent } = await withServer(answering(status, refusal(name)), quota);
      expect(await write('UpdateOpportunity', {})).toEqual({ kind: 'throttled' });
      expect({ reports, calls: sent.length }).toEqual({ reports: [name], calls: 1 });
    },
  );

  it.for<[what: string, Answering]>([
    ['an internal failure', answering(500, refusal('InternalServerException'))],
    ['an answer of a gateway', answering(502, '<html>')],
    ['a closed connection', (request) => request.socket.destroy()],
    ['no answer in time', () => undefined],
    ['an answer that is no JSON', answering(200, 'OK')],
    [
      'half an answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{"Id":');
        setTimeout(() => request.socket.destroy(), 20);
      },
    ],
  ])('does not know whether AWS has done it after %s, and does not call again', async ([_what, answer]) => {
    const { write, sent } = await withServer(answer);
    expect(await write('UpdateOpportunity', {})).toEqual({ kind: 'unknown', error: expect.any(String) });
    expect(sent).toHaveLength(1);
  });

  it('sends nothing if the quota grants no permit', async () => {
    const waiting = new ServiceError(
      'quota.waiting',
      { limit: 'rate', waitMs: 900 },
      { retry: laterAfter(900) },
    );
    const quota: Quota = {
      acquirePermit: () => Promise.reject(waiting),
      reportThrottle: async () => undefined,
    };
    const { write, sent } = await withServer(answering(200, ''), quota);
    await expect(write('UpdateOpportunity', {})).rejects.toBe(waiting);
    expect(sent).toEqual([]);
  });

  it('sends nothing if the request is outdated when its permit is granted', async () => {
    const quota = unlimitedQuota();
    const { write, sent } = await withServer(answering(200, ''), quota, false);
    expect(await write('UpdateOpportunity', {})).toEqual({ kind: 'outdated' });
    expect({ sent, calls: quota.calls }).toEqual({ sent: [], calls: ['acquirePermit'] });
  });
});
