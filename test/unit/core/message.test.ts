import { describe, expect, it } from 'vitest';
import { type JsonObject, omitNulls } from '../../../lambdas/core/json.ts';
import { messageOf } from '../../../lambdas/core/message.ts';
import { redactContent, redactPayload } from '../../../lambdas/core/redaction.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { invitationKey, observation, opportunityKey, versionOf } from '../../builders/versions.ts';

const record = (stage: string) =>
  omitNulls({ Catalog: 'AWS', Id: 'O1234567', LifeCycle: { NextSteps: null, Stage: stage } });
const version: Version = versionOf(observation({ payload: record('Qualified') }), {
  ...versionOf(observation({ payload: record('Prospect'), readAt: '2026-03-01T09:00:00.000Z' })),
  version: 11,
});

const expectedBody =
  '{"type":"opportunity.updated","timestamp":"2026-03-01T10:00:00.000Z","data":{' +
  '"catalog":"AWS","kind":"opportunity","id":"O1234567","version":12,' +
  '"topics":["opportunity.updated","opportunity.stage_changed"],' +
  '"changes":[{"path":"/LifeCycle/Stage","before":"Prospect","after":"Qualified"}],' +
  '"cause":{"detailType":"Opportunity Updated","eventIds":["0a1b2c3d-0000-4000-8000-000000000001"],"eventTime":"2026-03-01T10:00:00.000Z"},' +
  '"record":{"Catalog":"AWS","Id":"O1234567","LifeCycle":{"Stage":"Qualified"}}}}';

describe('messageOf', () => {
  it('prints type, time, record, changes and cause, byte for byte', () => {
    expect(messageOf(version, endpoint()).body).toBe(expectedBody);
  });

  it('has the id that is stored with the version, whatever was redacted since', () => {
    const redacted = { ...version, contentHash: 'another', payload: {}, redacted: true };
    expect(messageOf(redacted, endpoint()).id).toBe(version.messageId);
  });

  it('holds the whole record, also undocumented members', () => {
    const payload = { ...opportunityPayload(), Future: [{ Score: 0.5 }, null], Unicode: '東京 😀 "\\\u2028' };
    const body: unknown = JSON.parse(messageOf(versionOf(observation({ payload })), endpoint()).body);
    expect(body).toHaveProperty('data.record', payload);
    expect(body).toHaveProperty('data.version', 1);
    expect(body).toHaveProperty('data.changes', []);
  });

  it('is the same each time, whatever else is stored', () => {
    const storedAgain: Version = { ...version, readAt: '2026-03-09T10:00:00.000Z', attributes: {} };
    expect(messageOf(storedAgain, endpoint())).toEqual(messageOf(version, endpoint()));
  });

  it('has the same bytes for any order of members', () => {
    expect(messageOf(fromStore(version), endpoint()).body).toBe(expectedBody);
  });

  describe('with an id of the partner', () => {
    const payload = opportunityPayload({ partnerId: 'deal-4711' });
    const named = versionOf(observation({ payload }));

    it.for(['full', 'thin'] as const)('has the id beside the id of AWS in the form %s', (form) => {
      const { body } = messageOf(named, endpoint({ payload: form }));
      expect(JSON.parse(body)).toHaveProperty('data.partnerId', 'deal-4711');
    });

    it.for([['/PartnerOpportunityIdentifier'], ['personal-data'], { only: ['/LifeCycle'] }])(
      'leaves out the id for an endpoint that redacts it by %j',
      (redact) => {
        expect(messageOf(named, endpoint({ redact })).body).not.toContain('deal-4711');
        expect(messageOf(named, endpoint({ redact, payload: 'thin' })).body).not.toContain('deal-4711');
      },
    );
  });

  it('holds links and solutions if there are any', () => {
    const links = [
      { kind: 'engagement', id: 'eng-abcdefgh123456', via: 'snapshot' },
      { kind: 'engagement-invitation', id: 'engi-abcdefgh12345', via: 'project-title' },
    ] as const;
    const solutions = [{ id: 'S-1', name: 'One' }, { id: 'S-2' }];
    const related =
      '"links":[{"kind":"engagement","id":"eng-abcdefgh123456","via":"snapshot"},' +
      '{"kind":"engagement-invitation","id":"engi-abcdefgh12345","via":"project-title"}],' +
      '"solutions":[{"id":"S-1","name":"One"},{"id":"S-2"}],"record":';
    const body = messageOf({ ...version, links, solutions }, endpoint()).body;
    expect(body).toBe(expectedBody.replace('"record":', related));
    const asStored = {
      ...version,
      links: links.map(({ kind, id, via }) => ({ via, id, kind })),
      solutions: solutions.map(({ id, name }) => ({ name, id })),
    };
    expect(messageOf(asStored, endpoint()).body).toBe(body);
  });

  it('holds what is left of a redacted version, with the same id', () => {
    const payload = invitationPayload();
    const whole = versionOf(observation({ key: invitationKey, payload }));
    const left = messageOf({ ...whole, ...redactContent(whole) }, endpoint());
    expect(left.id).toBe(messageOf(whole, endpoint()).id);
    expect(left.body).not.toContain('Example Corp');
    expect(JSON.parse(left.body)).toHaveProperty('data.record.Status', 'PENDING');
  });

  it('has another id in another catalog and for another version', () => {
    const first = versionOf();
    const others = [{ id: 'O7654321' }, { catalog: 'Sandbox' }].map((of) =>
      versionOf(observation({ key: { ...opportunityKey, ...of } })),
    );
    const second = versionOf(observation({ payload: opportunityPayload({ stage: 'Qualified' }) }), first);
    const ids = [first, second, ...others].map((each) => messageOf(each, endpoint()).id);
    expect(new Set(ids).size).toBe(4);
  });
});

describe('a thin message', () => {
  const thin = endpoint({ payload: 'thin' });
  const links = [{ kind: 'engagement', id: 'eng-abcdefgh123456', via: 'snapshot' }] as const;
  const linked = { ...version, links, solutions: [{ id: 'S-1', name: 'Example Platform' }] };

  it('has ids and the paths of changes, but no record and no values', () => {
    const { data }: { data: JsonObject } = JSON.parse(messageOf(linked, thin).body);
    expect(data).toEqual({
      catalog: 'AWS',
      kind: 'opportunity',
      id: 'O1234567',
      version: 12,
      topics: ['opportunity.updated', 'opportunity.stage_changed'],
      changes: [{ path: '/LifeCycle/Stage' }],
      cause: version.cause,
      links,
      solutions: [{ id: 'S-1' }],
    });
  });

  it('has the id of the full message', () => {
    expect(messageOf(linked, thin).id).toBe(messageOf(linked, endpoint()).id);
  });
});

function payloadOf(email: string): JsonObject {
  return {
    ...opportunityPayload(),
    Customer: {
      Account: { CompanyName: 'Example Corp', Industry: 'Energy' },
      Contacts: [{ Email: email, FirstName: 'Jane', Nick: 'JD' }],
    },
    LifeCycle: { Stage: 'Qualified', NextSteps: `Call ${email}` },
  };
}

describe('a redacted message', () => {
  const current = versionOf(observation({ payload: payloadOf('old@example.com') }));
  const changed = versionOf(
    observation({
      payload: { ...payloadOf('new@example.com'), LastModifiedDate: '2026-03-02T10:00:00Z' },
      readAt: '2026-03-02T10:00:02.000Z',
    }),
    current,
  );

  it('omits the members that a pointer matches, in the record and in the changes', () => {
    const redact = ['/Customer/Contacts/*/Email', '/LifeCycle/NextSteps'];
    const { id, body } = messageOf(changed, endpoint({ redact }));
    expect(id).toBe(messageOf(changed, endpoint()).id);
    expect(body).not.toContain('@example.com');
    const { data } = JSON.parse(body);
    expect(data.record.Customer.Contacts).toEqual([{ FirstName: 'Jane', Nick: 'JD' }]);
    expect(data.changes).toContainEqual({ path: '/Customer/Contacts/0/Email' });
    expect(data.changes).toContainEqual({ path: '/LifeCycle/NextSteps' });
  });

  it('omits the members of a profile for the kind of the record', () => {
    const { body } = messageOf(changed, endpoint({ redact: ['personal-data'] }));
    expect(body).not.toMatch(/@example\.com|Example Corp|Jane/);
    expect(JSON.parse(body)).toHaveProperty('data.record.Customer.Account.Industry', 'Energy');
    const invitation = versionOf(observation({ key: invitationKey, payload: invitationPayload() }));
    const { body: other } = messageOf(invitation, endpoint({ redact: ['personal-data'] }));
    expect(JSON.parse(other)).toHaveProperty('data.record', redactPayload(invitationPayload()));
  });

  it('is complete if no pointer matches', () => {
    expect(messageOf(version, endpoint({ redact: ['/Nothing/*', '/Id/x'] })).body).toBe(expectedBody);
  });
});

/** The same version with the members of its maps in another order: DynamoDB maps have none. */
function fromStore(stored: Version): Version {
  const { changes, cause, payload } = stored;
  const { detailType, eventIds, eventTime } = cause;
  return {
    ...stored,
    payload: omitNulls(Object.fromEntries(Object.entries(payload).toReversed())),
    changes: changes.map(({ path, before, after }) => ({ after, path, before })),
    cause: { eventTime, eventIds, detailType },
  };
}
