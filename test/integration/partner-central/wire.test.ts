import { describe, expect, test } from 'vitest';
import { rawCall, running } from './simulator-under-test.ts';

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
