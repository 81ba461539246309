import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetAwsOpportunitySummaryCommand,
  GetEngagementCommand,
  GetEngagementInvitationCommand,
  GetOpportunityCommand,
  PartnerCentralSellingClient,
} from '@aws-sdk/client-partnercentral-selling';
import { afterEach, describe, expect, test } from 'vitest';
import { at, isJsonArray, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { toMillisecond, toNanosecond } from '../../local/partner-central/aws-timestamps.ts';
import type { PartnerEventEnvelope } from '../../local/partner-central/partner-event-envelope.ts';
import { ReadQuota } from '../../local/partner-central/read-quota.ts';
import { startRecordedResponses } from '../../local/partner-central/recorded-responses.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';
import { SimulatedPartner } from '../../local/partner-central/simulated-partner.ts';
import { type SimulatorProps, startSimulator } from '../../local/partner-central/simulator-server.ts';

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

function simulatedPartner({ seed = 1, startMs = Date.parse('2026-03-01T10:00:00.250Z') } = {}) {
  const clock = { nowMs: startMs };
  const events: PartnerEventEnvelope[] = [];
  const partner = new SimulatedPartner({
    random: seededRandom(seed),
    nowMs: () => clock.nowMs,
    accountId: '111122223333',
    emit: (event) => events.push(event),
  });
  return { partner, events, clock };
}

async function running(props: Partial<SimulatorProps> = {}) {
  const simulated = simulatedPartner();
  const simulator = await startSimulator({ partner: simulated.partner, ...props });
  cleanUps.push(simulator.stop);
  return { ...simulated, simulator, client: clientOf(simulator.url) };
}

function clientOf(endpoint: string, maxAttempts = 1) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new PartnerCentralSellingClient({ region: 'us-east-1', endpoint, credentials, maxAttempts });
  cleanUps.push(() => client.destroy());
  return client;
}

async function rawCall(url: string, operation: string, body: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSPartnerCentralSelling.${operation}`,
    },
    body,
  });
  return { status: response.status, text: await response.text() };
}

function opportunity(id: string, catalog = 'AWS') {
  return new GetOpportunityCommand({ Catalog: catalog, Identifier: id });
}

function summary(id: string) {
  return new GetAwsOpportunitySummaryCommand({ Catalog: 'AWS', RelatedOpportunityIdentifier: id });
}

function invitation(id: string) {
  return new GetEngagementInvitationCommand({ Catalog: 'AWS', Identifier: id });
}

function bodyOf(partner: SimulatedPartner, path: string) {
  const record = partner.truth().get(path);
  if (!record) throw new Error(`no record ${path}`);
  return record.body;
}

function lastFormerSteps(body: JsonObject) {
  const history = at(body, 'LifeCycle', 'NextStepsHistory');
  return isJsonArray(history) ? textAt(history[0], 'Value') : undefined;
}

function stampOf(body: JsonObject): number {
  return Date.parse(textAt(body, 'LastModifiedDate') ?? '');
}

describe('the simulated service over the SDK client', () => {
  test('GetOpportunity answers the opportunity, its dates parsed', async () => {
    const { partner, client } = await running();
    const id = partner.createOpportunity('AWS');
    const found = await client.send(opportunity(id));
    expect(found).toMatchObject({ Id: id, Catalog: 'AWS', LifeCycle: { Stage: 'Prospect' } });
    expect(found.LastModifiedDate).toEqual(new Date('2026-03-01T10:00:00.250Z'));
    expect(found.CreatedDate).toEqual(new Date('2026-03-01T10:00:00Z'));
  });

  test('GetAwsOpportunitySummary finds nothing until the opportunity is submitted', async () => {
    const { partner, client } = await running();
    const id = partner.createOpportunity('AWS');
    await expect(client.send(summary(id))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    partner.submitOpportunity(id);
    expect(await client.send(summary(id))).toMatchObject({
      RelatedOpportunityId: id,
      Origin: 'Partner Referral',
    });
    expect((await client.send(opportunity(id))).LifeCycle?.ReviewStatus).toBe('Submitted');
  });

  test.each(['OpportunityInvitation', 'LeadInvitation'] as const)(
    'GetEngagementInvitation answers a %s, by id and by ARN',
    async (payloadType) => {
      const { partner, client } = await running();
      const id = partner.createInvitation('AWS', payloadType);
      const byId = await client.send(invitation(id));
      expect(byId).toMatchObject({ Id: id, PayloadType: payloadType, Status: 'PENDING' });
      expect(Object.keys(byId.Payload ?? {})).toEqual([payloadType]);
      expect(await client.send(invitation(byId.Arn ?? ''))).toMatchObject({ Id: id });
    },
  );

  test('a rejected invitation is inaccessible, with HTTP 400 as seen in the wild; an expired one is not', async () => {
    const { partner, client } = await running();
    const rejected = partner.createInvitation('AWS', 'OpportunityInvitation');
    const expired = partner.createInvitation('AWS', 'OpportunityInvitation');
    partner.rejectInvitation(rejected);
    partner.expireInvitation(expired);
    await expect(client.send(invitation(rejected))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    });
    expect(partner.truth().get(`AWS/engagement-invitation/${rejected}`)?.inaccessible).toBe(true);
    expect(await client.send(invitation(expired))).toMatchObject({ Status: 'EXPIRED' });
  });

  test('another catalog, or an id that never was, is not found', async () => {
    const { partner, client } = await running();
    const id = partner.createOpportunity('Sandbox');
    for (const command of [opportunity(id, 'AWS'), opportunity('O1', 'Sandbox')]) {
      await expect(client.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
    expect(await client.send(opportunity(id, 'Sandbox'))).toMatchObject({ Id: id });
  });

  test('a request without its required members is refused, each member named', async () => {
    const { client } = await running();
    const nothing = client.send(new GetOpportunityCommand({ Catalog: undefined, Identifier: '17' }));
    await expect(nothing).rejects.toMatchObject({
      name: 'ValidationException',
      Reason: 'REQUEST_VALIDATION_FAILED',
      ErrorList: [
        { FieldName: 'Catalog', Code: 'REQUIRED_FIELD_MISSING' },
        { FieldName: 'Identifier', Code: 'INVALID_STRING_FORMAT' },
      ],
    });
  });

  test('an operation that the simulator lacks is named', async () => {
    const { client } = await running();
    const missing = client.send(
      new GetEngagementCommand({ Catalog: 'AWS', Identifier: 'eng-00000000000000' }),
    );
    await expect(missing).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('not GetEngagement'),
    });
  });
});

describe('the simulated service on the wire', () => {
  test('absent members are null, unknown ones are sent, dates have the precision of their member', async () => {
    const { partner, simulator } = await running();
    const id = partner.createOpportunity('AWS', { patch: { FutureMember: { Depth: [1, null] } } });
    const invited = partner.createInvitation('AWS', 'OpportunityInvitation');
    const answer = await rawCall(simulator.url, 'GetOpportunity', `{"Catalog":"AWS","Identifier":"${id}"}`);
    expect(answer.text).toContain('"AwsAccountId":null');
    expect(answer.text).toContain('"SoftwareRevenue":null');
    expect(answer.text).toContain('"FutureMember":{"Depth":[1,null]}');
    expect(answer.text).toContain('"CreatedDate":"2026-03-01T10:00:00Z"');
    expect(answer.text).toContain('"LastModifiedDate":"2026-03-01T10:00:00.250Z"');
    const invitationBody = `{"Catalog":"AWS","Identifier":"${invited}"}`;
    const { text } = await rawCall(simulator.url, 'GetEngagementInvitation', invitationBody);
    expect(text).toMatch(/"InvitationDate":"2026-03-01T10:00:00\.250\d{0,6}Z"/);
    expect(text).toContain('"RejectionReason":null');
  });

  test('an error is a type with its namespace and a capital Message', async () => {
    const { simulator } = await running();
    const notFound = await rawCall(simulator.url, 'GetOpportunity', '{"Catalog":"AWS","Identifier":"O1"}');
    expect(notFound.status).toBe(400);
    expect(JSON.parse(notFound.text)).toEqual({
      __type: 'com.amazonaws.partnercentralselling#ResourceNotFoundException',
      Message: expect.any(String),
    });
  });

  test.each([
    ['a body that is not JSON', 'GetOpportunity', '{"Catalog":', 'SerializationException'],
    ['a body that is no object', 'GetOpportunity', '[]', 'SerializationException'],
    ['an unknown operation', 'GetEverything', '{}', 'UnknownOperationException'],
    ['the name of an inherited property', 'toString', '{}', 'UnknownOperationException'],
    ['no operation', '', '{}', 'UnknownOperationException'],
  ])('%s is refused', async (_what, operation, body, name) => {
    const { simulator } = await running();
    const { status, text } = await rawCall(simulator.url, operation, body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ __type: expect.stringMatching(new RegExp(`#${name}$`)) });
  });

  test('connections stay open from call to call', async () => {
    const { simulator } = await running();
    const response = await fetch(simulator.url, { method: 'POST', body: '{}' });
    expect(response.headers.get('connection')).toBe('keep-alive');
  });
});

describe('throttling and faults', () => {
  test('no second holds more reads than the quota; refused calls spend nothing', async () => {
    let nowMs = 0;
    const { partner, simulator, client } = await running({
      quota: { perSecond: 2, perDay: 100 },
      nowMs: () => nowMs,
    });
    const id = partner.createOpportunity('AWS');
    const outcomeAt = async (ms: number) => {
      nowMs = ms;
      return client.send(opportunity(id)).then(
        () => 'ok',
        (error: Error) => error.name,
      );
    };
    expect(await outcomeAt(0)).toBe('ok');
    expect(await outcomeAt(900)).toBe('ok');
    expect(await outcomeAt(999)).toBe('ThrottlingException');
    expect(await outcomeAt(1000)).toBe('ok');
    expect(await outcomeAt(1899)).toBe('ThrottlingException');
    expect(await outcomeAt(1900)).toBe('ok');
    expect({ reads: simulator.reads(), throttled: simulator.throttled() }).toEqual({
      reads: 4,
      throttled: 2,
    });
  });

  test('the daily quota is a rolling window of 24 hours', () => {
    const dayMs = 86_400_000;
    const quota = new ReadQuota({ perSecond: 10, perDay: 3 });
    expect([0, 5000, 10_000, 15_000].map((ms) => quota.spend(ms))).toEqual([true, true, true, false]);
    expect([dayMs - 1, dayMs, dayMs + 4999, dayMs + 5000].map((ms) => quota.spend(ms))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  test('a long run never exceeds the quota, with its memory bounded', () => {
    const quota = new ReadQuota({ perSecond: 10, perDay: 50 });
    const granted = Array.from({ length: 2000 }, (_, tick) => tick * 37).filter((ms) => quota.spend(ms));
    expect(granted).toHaveLength(50);
    const seconds = new ReadQuota({ perSecond: 10, perDay: 100_000 });
    const passed = Array.from({ length: 3000 }, (_, tick) => tick * 7).filter((ms) => seconds.spend(ms));
    const mostInOneSecond = Math.max(
      ...passed.map((from) => passed.filter((ms) => ms >= from && ms < from + 1000).length),
    );
    expect(mostInOneSecond).toBe(10);
  });

  test('a throttling spell ends; the SDK knows the error as one to retry', async () => {
    let nowMs = 0;
    const { partner, simulator, client } = await running({ nowMs: () => nowMs });
    const id = partner.createOpportunity('AWS');
    simulator.throttleFor(500);
    await expect(client.send(opportunity(id))).rejects.toMatchObject({ name: 'ThrottlingException' });
    const threeAttempts = clientOf(simulator.url, 3);
    await expect(threeAttempts.send(opportunity(id))).rejects.toMatchObject({ $metadata: { attempts: 3 } });
    expect(simulator.throttled()).toBe(4);
    nowMs = 500;
    expect(await client.send(opportunity(id))).toMatchObject({ Id: id });
  });

  test.each([
    ['throttle', 'ThrottlingException', 400],
    ['internal', 'InternalServerException', 500],
    ['access-denied', 'AccessDeniedException', 400],
    ['not-found', 'ResourceNotFoundException', 400],
    ['validation', 'ValidationException', 400],
  ] as const)('the fault %s answers %s', async (fault, name, httpStatusCode) => {
    const { partner, simulator, client } = await running();
    const id = partner.createOpportunity('AWS');
    const other = partner.createOpportunity('AWS');
    simulator.fault((operation, asked) =>
      operation === 'GetOpportunity' && asked === id ? fault : undefined,
    );
    await expect(client.send(opportunity(id))).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(await client.send(opportunity(other))).toMatchObject({ Id: other });
    simulator.fault(undefined);
    expect(await client.send(opportunity(id))).toMatchObject({ Id: id });
  });

  test('a timeout keeps the connection without an answer, a hang-up ends it', async () => {
    const { partner, simulator, client } = await running();
    const id = partner.createOpportunity('AWS');
    simulator.fault(() => 'timeout');
    const waiting = client.send(opportunity(id), { abortSignal: AbortSignal.timeout(100) });
    await expect(waiting).rejects.toMatchObject({
      name: expect.stringMatching(/^(AbortError|TimeoutError)$/),
    });
    simulator.fault(() => 'hang-up');
    await expect(client.send(opportunity(id))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('stop ends calls that still wait for an answer', async () => {
    const { partner, simulator, client } = await running();
    simulator.fault(() => 'timeout');
    const waiting = expect(client.send(opportunity(partner.createOpportunity('AWS')))).rejects.toThrow();
    await expect.poll(() => simulator.reads()).toBe(1);
    await simulator.stop();
    await waiting;
  });

  test('calls are counted and told by operation, ids only', async () => {
    const told: unknown[] = [];
    const { partner, simulator, client } = await running({ log: (call) => told.push(call) });
    const id = partner.createOpportunity('AWS');
    await client.send(opportunity(id));
    await client.send(summary(id)).catch(() => undefined);
    expect(told).toEqual([
      { operation: 'GetOpportunity', id, outcome: 'ok' },
      { operation: 'GetAwsOpportunitySummary', id, outcome: 'ResourceNotFoundException' },
    ]);
    expect([simulator.reads(), simulator.reads('GetOpportunity'), simulator.reads('GetEngagement')]).toEqual([
      2, 1, 0,
    ]);
  });
});

describe('the events', () => {
  test('an opportunity event has exactly the recorded shape', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createOpportunity('Sandbox');
    expect(events).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
        'detail-type': 'Opportunity Created',
        source: 'aws.partnercentral-selling',
        account: '111122223333',
        time: '2026-03-01T10:00:00Z',
        region: 'us-east-1',
        resources: [],
        detail: { schemaVersion: '1', catalog: 'Sandbox', opportunity: { identifier: id } },
      },
    ]);
    expect(id).toMatch(/^O[0-9]{8}$/);
  });

  test('Engagement Invitation Created has exactly the recorded shape', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createInvitation('Sandbox', 'LeadInvitation');
    const arn = `arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement-invitation/${id}`;
    expect(events).toEqual([
      {
        ...events[0],
        version: '0',
        'detail-type': 'Engagement Invitation Created',
        resources: [arn],
        detail: {
          catalog: 'Sandbox',
          schemaVersion: '1.0',
          engagementInvitation: {
            arn,
            id,
            engagementId: expect.stringMatching(/^eng-[0-9a-z]{14}$/),
            senderAccountId: '444455556666',
            receiverAccountId: '111122223333',
            senderCompanyName: 'AnyCompany Consulting',
            expirationDate: expect.stringMatching(/^2031-02-28T10:00:00\.250\d{0,6}Z$/),
            participantType: 'RECEIVER',
            payloadType: 'LeadInvitation',
          },
        },
      },
    ]);
    expect(id).toMatch(/^engi-[0-9a-z]{13}$/);
  });

  test.each(['Rejected', 'Expired'] as const)(
    'Engagement Invitation %s tells neither sender name nor date nor reason',
    (outcome) => {
      const { partner, events } = simulatedPartner();
      const id = partner.createInvitation('AWS', 'OpportunityInvitation');
      if (outcome === 'Rejected') partner.rejectInvitation(id);
      else partner.expireInvitation(id);
      expect(events[1]?.['detail-type']).toBe(`Engagement Invitation ${outcome}`);
      expect(events[1]?.detail).toEqual({
        catalog: 'AWS',
        schemaVersion: '1.0',
        engagementInvitation: {
          arn: `arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/${id}`,
          id,
          engagementId: expect.any(String),
          senderAccountId: 'aws',
          receiverAccountId: '111122223333',
          participantType: 'RECEIVER',
          payloadType: 'OpportunityInvitation',
        },
      });
    },
  );

  test('accepting an opportunity invitation creates the opportunity and sends what the documentation lists', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createInvitation('AWS', 'OpportunityInvitation');
    const opportunityId = partner.acceptInvitation(id);
    expect(events.slice(1).map((event) => event['detail-type'])).toEqual([
      'Engagement Invitation Accepted',
      'Engagement Member Added',
      'Opportunity Created',
      'Opportunity Updated',
      'Engagement Resource Snapshot Created',
    ]);
    const invited = bodyOf(partner, `AWS/engagement-invitation/${id}`);
    expect(invited).toMatchObject({ Status: 'ACCEPTED' });
    expect(bodyOf(partner, `AWS/opportunity/${opportunityId}`)).toMatchObject({
      LifeCycle: { ReviewStatus: 'Approved' },
      Project: { Title: invited['EngagementTitle'] },
    });
    expect(bodyOf(partner, `AWS/aws-opportunity-summary/${opportunityId}`)).toMatchObject({
      Origin: 'AWS Referral',
    });
    const engagement = `arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/${textAt(invited, 'EngagementId')}`;
    expect(events[2]).toMatchObject({
      resources: [engagement],
      detail: { engagementMember: { accountId: '111122223333' } },
    });
    expect(events[5]?.detail['resourceSnapshot']).toMatchObject({
      arn: `${engagement}/resource/Opportunity/${opportunityId}/template/OpportunitySummaryView/snapshot/1`,
      createdBy: '111122223333',
    });
    expect(() => partner.rejectInvitation(id)).toThrow('no longer pending');
  });

  test('accepting a lead creates no opportunity', () => {
    const { partner, events } = simulatedPartner();
    expect(partner.acceptInvitation(partner.createInvitation('AWS', 'LeadInvitation'))).toBeUndefined();
    expect(events).toHaveLength(3);
    expect([...partner.truth().keys()]).toHaveLength(1);
  });

  test('a change can be doubled under other ids, or forgotten', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createOpportunity('AWS', { events: 2 });
    expect(new Set(events.map((event) => event.id)).size).toBe(2);
    expect(new Set(events.map((event) => event['detail-type'])).size).toBe(1);
    partner.updateOpportunity(id, { events: 0 });
    expect(events).toHaveLength(2);
    expect(partner.truth().get(`AWS/opportunity/${id}`)?.mutations).toBe(2);
  });

  test('the state has changed before its event is sent', () => {
    const seen: unknown[] = [];
    const partner: SimulatedPartner = new SimulatedPartner({
      random: seededRandom(1),
      nowMs: () => 0,
      accountId: '111122223333',
      emit: () => seen.push(partner.truth().size),
    });
    partner.createOpportunity('AWS');
    expect(seen).toEqual([1]);
  });
});

function play(seed: number) {
  const { partner, events, clock } = simulatedPartner({ seed });
  const id = partner.createOpportunity('AWS');
  partner.submitOpportunity(id);
  for (let update = 0; update < 5; update += 1) {
    clock.nowMs += 777;
    partner.updateOpportunity(id);
    partner.updateAwsSummary(id);
  }
  partner.acceptInvitation(partner.createInvitation('Sandbox', 'OpportunityInvitation'));
  return { events, truth: [...partner.truth()] };
}

describe('the changes', () => {
  test('each update changes the body, and moves its stamp on even within one millisecond', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createOpportunity('AWS');
    partner.submitOpportunity(id);
    const path = `AWS/opportunity/${id}`;
    for (let update = 0; update < 100; update += 1) {
      const before = bodyOf(partner, path);
      partner.updateOpportunity(id);
      const after = bodyOf(partner, path);
      expect(stampOf(after)).toBe(stampOf(before) + 1);
      expect(at(after, 'LifeCycle', 'NextSteps') ?? 'none').not.toBe(lastFormerSteps(after));
      expect({ ...after, LastModifiedDate: null }).not.toEqual({ ...before, LastModifiedDate: null });
    }
    expect(bodyOf(partner, path)).toMatchObject({
      LifeCycle: { Stage: 'Launched', ReviewStatus: 'Approved' },
    });
    expect(events).toHaveLength(102);
    expect(partner.truth().get(path)?.mutations).toBe(102);
  });

  test('two writes may carry one stamp', () => {
    const { partner, clock } = simulatedPartner();
    const id = partner.createOpportunity('AWS');
    const before = bodyOf(partner, `AWS/opportunity/${id}`);
    clock.nowMs += 60_000;
    partner.updateOpportunity(id, { sameStamp: true });
    const after = bodyOf(partner, `AWS/opportunity/${id}`);
    expect(after['LastModifiedDate']).toBe(before['LastModifiedDate']);
    expect(after).not.toEqual(before);
  });

  test('AWS-side updates change the summary only, and still say Opportunity Updated', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createOpportunity('AWS');
    expect(() => partner.updateAwsSummary(id)).toThrow(`no aws-opportunity-summary ${id}`);
    partner.submitOpportunity(id);
    const opportunityBefore = bodyOf(partner, `AWS/opportunity/${id}`);
    for (let update = 0; update < 30; update += 1) {
      const before = bodyOf(partner, `AWS/aws-opportunity-summary/${id}`);
      partner.updateAwsSummary(id);
      expect(bodyOf(partner, `AWS/aws-opportunity-summary/${id}`)).not.toEqual(before);
    }
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toBe(opportunityBefore);
    expect(events.at(-1)?.['detail-type']).toBe('Opportunity Updated');
    expect(events).toHaveLength(32);
  });

  test('any member can be written: beside the others, with or without an event', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createOpportunity('AWS');
    const stamp = '2026-03-01T10:00:01.123456789Z';
    partner.alter('opportunity', id, {
      LastModifiedDate: stamp,
      LifeCycle: { Stage: 'Dreaming' },
      Future: null,
    });
    expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({
      LastModifiedDate: stamp,
      LifeCycle: { Stage: 'Dreaming', ReviewStatus: 'Pending Submission' },
      Future: null,
    });
    expect(events).toHaveLength(2);
    partner.updateOpportunity(id);
    expect(bodyOf(partner, `AWS/opportunity/${id}`)['LastModifiedDate']).toBe('2026-03-01T10:00:01.124Z');
    const invited = partner.createInvitation('AWS', 'LeadInvitation');
    partner.alter('engagement-invitation', invited, { PayloadType: 'FutureInvitation' });
    expect(events).toHaveLength(4);
  });

  test('the same seed and the same calls give the same events and bodies; another seed gives others', () => {
    expect(play(7)).toEqual(play(7));
    expect(play(7).events.map((event) => event.id)).not.toEqual(play(8).events.map((event) => event.id));
  });

  test('stamps lose their trailing zeros', () => {
    const epochMs = Date.parse('2026-03-01T10:00:20Z');
    expect(toNanosecond(epochMs, () => 0)).toBe('2026-03-01T10:00:20Z');
    expect(toNanosecond(epochMs + 120, () => 0)).toBe('2026-03-01T10:00:20.12Z');
    expect(toNanosecond(epochMs + 120, () => 0.99)).toBe('2026-03-01T10:00:20.120999999Z');
    expect(toMillisecond(epochMs)).toBe('2026-03-01T10:00:20Z');
  });
});

function recordings(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'recorded-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'responses'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'responses', name), text);
  return folder;
}

describe('recorded responses', () => {
  const lead = '{\n  "Id": "engi-aaaaaaaaaaaaa",\n  "PayloadType": "LeadInvitation", "Odd": 1.50 }\n';
  const referral = '{"Id":"engi-bbbbbbbbbbbbb","PayloadType":"OpportunityInvitation","Unicode":"é 漢"}';

  async function replaying() {
    const folder = recordings({
      'GetEngagementInvitation-LeadInvitation.json': JSON.stringify({ code: 200, body: lead }),
      'GetEngagementInvitation-OpportunityInvitation.json': JSON.stringify({ code: 200, body: referral }),
    });
    const server = await startRecordedResponses({ folder });
    cleanUps.push(server.stop);
    return { folder, server };
  }

  test('are answered byte for byte, to any id, in the variant that was hinted', async () => {
    const { server } = await replaying();
    server.hint('engi-1111111111111', 'OpportunityInvitation');
    const answerTo = async (id: string) =>
      (await rawCall(server.url, 'GetEngagementInvitation', `{"Catalog":"AWS","Identifier":"${id}"}`)).text;
    expect(await answerTo('engi-1111111111111')).toBe(referral);
    expect(await answerTo('engi-2222222222222')).toBe(lead);
    server.hint('engi-2222222222222', 'FutureInvitation');
    expect(await answerTo('engi-2222222222222')).toBe(lead);
    expect(await clientOf(server.url).send(invitation('engi-1111111111111'))).toMatchObject({
      Id: 'engi-bbbbbbbbbbbbb',
    });
    expect(server.reads('GetEngagementInvitation')).toBe(4);
  });

  test('an operation without a recording names the file that is missing', async () => {
    const { folder, server } = await replaying();
    await expect(clientOf(server.url).send(opportunity('O1'))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(join(folder, 'responses', 'GetOpportunity.json')),
    });
  });

  test.each([
    ['no recording', {}, /no recorded response/],
    [
      'a recording without a body',
      { 'GetOpportunity.json': '{"code":200}' },
      /GetOpportunity\.json has no "body"/,
    ],
    ['a recording that is not JSON', { 'GetOpportunity.json': '{' }, /GetOpportunity\.json is not JSON/],
  ])('do not start on %s', async (_what, files, message) => {
    await expect(startRecordedResponses({ folder: recordings(files) })).rejects.toThrow(message);
  });

  test('do not start without their folder', async () => {
    const folder = join(tmpdir(), 'no-such-folder');
    await expect(startRecordedResponses({ folder })).rejects.toThrow(join(folder, 'responses'));
  });
});
