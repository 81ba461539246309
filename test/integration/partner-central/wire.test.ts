import { describe, expect } from 'vitest';
import { it, rawCall } from './simulator-under-test.ts';

describe('the simulated service on the wire', () => {
  it('sends absent members as null, unknown members, and dates in the precision of their member', async ({
    partner,
    simulator,
  }) => {
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

  it('sends errors with a namespaced type and a capitalized Message', async ({ simulator }) => {
    const notFound = await rawCall(simulator.url, 'GetOpportunity', '{"Catalog":"AWS","Identifier":"O1"}');
    expect(notFound.status).toBe(400);
    expect(JSON.parse(notFound.text)).toEqual({
      __type: 'com.amazonaws.partnercentralselling#ResourceNotFoundException',
      Message: expect.any(String),
    });
  });

  it.for<[string, operation: string, body: string, name: string]>([
    ['a body that is not JSON', 'GetOpportunity', '{"Catalog":', 'SerializationException'],
    ['a body that is no object', 'GetOpportunity', '[]', 'SerializationException'],
    ['an unknown operation', 'GetEverything', '{}', 'UnknownOperationException'],
    ['the name of an inherited property', 'toString', '{}', 'UnknownOperationException'],
    ['no operation', '', '{}', 'UnknownOperationException'],
  ])('refuses %s', async ([_what, operation, body, name], { simulator }) => {
    const { status, text } = await rawCall(simulator.url, operation, body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ __type: expect.stringMatching(new RegExp(`#${name}$`)) });
  });

  it('keeps connections open between calls', async ({ simulator }) => {
    const response = await fetch(simulator.url, { method: 'POST', body: '{}' });
    expect(response.headers.get('connection')).toBe('keep-alive');
  });
});
