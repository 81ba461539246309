import { describe, expect, it } from 'vitest';
import { diff } from '../../../lambdas/core/change.ts';
import { contentHashOf } from '../../../lambdas/core/digest.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { redactChanges, redactContent, redactPayload } from '../../../lambdas/core/redaction.ts';
import { invitationPayload, leadInvitationBody } from '../../builders/invitation-payloads.ts';

describe('redactPayload', () => {
  it('keeps members that are not listed, at every depth', () => {
    expect(redactPayload(invitationPayload())).toEqual({
      Arn: 'arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/engi-abcdefgh12345',
      Catalog: 'AWS',
      EngagementId: 'eng-abcdefgh123456',
      ExistingMembers: [{}],
      ExpirationDate: '2026-03-16T10:00:00.123456789Z',
      Id: 'engi-abcdefgh12345',
      InvitationDate: '2026-03-01T10:00:00.123456789Z',
      Payload: {
        OpportunityInvitation: {
          Customer: { Industry: 'Retail' },
          Project: {
            ExpectedCustomerSpend: [{ Frequency: 'Monthly', TargetCompany: 'AWS' }],
            TargetCompletionDate: '2026-12-31',
          },
          ReceiverResponsibilities: ['Services Partner'],
        },
      },
      PayloadType: 'OpportunityInvitation',
      Receiver: { Account: {} },
      Status: 'PENDING',
    });
  });

  it('redacts leads and unknown kinds of payload too', () => {
    expect(JSON.stringify(redactPayload(leadInvitationBody()))).not.toMatch(/Example Corp|Head of Platform/);
    const future = {
      Payload: { ProspectInvitation: { Customer: { CompanyName: 'Example Corp', Size: 3 } } },
    };
    expect(redactPayload(future)).toEqual({ Payload: { ProspectInvitation: { Customer: { Size: 3 } } } });
  });

  it('changes nothing the second time', () => {
    const once = redactPayload(invitationPayload());
    expect(redactPayload(once)).toEqual(once);
  });

  it.each<[string, JsonObject]>([
    ['of other types', { Payload: 'none', ExistingMembers: {}, Receiver: [], EnrichmentContext: null }],
    ['of none of the members', { Id: 'engi-abcdefgh12345' }],
    ['of nothing', {}],
  ])('does not throw for a payload %s', (_, payload) => {
    expect(redactPayload(payload)).toEqual(payload);
  });
});

describe('redactChanges', () => {
  it('keeps a change of a sensitive member without its values', () => {
    const changes = diff(
      { InvitationMessage: 'To Jane', Status: 'PENDING', ExistingMembers: [{ CompanyName: 'A' }] },
      { InvitationMessage: 'To John', Status: 'REJECTED', ExistingMembers: [{ CompanyName: 'B' }] },
    );
    expect(redactChanges(changes)).toEqual([
      { path: '/ExistingMembers/0/CompanyName' },
      { path: '/InvitationMessage' },
      { path: '/Status', before: 'PENDING', after: 'REJECTED' },
    ]);
  });

  it('keeps one change for all changes inside a sensitive member', () => {
    const path = '/Payload/OpportunityInvitation/SenderContacts';
    const changes = [
      { path: `${path}/0/Email`, before: 'a@example.com', after: 'b@example.com' },
      { path: `${path}/0/Nick~1name`, after: 'Jane' },
      { path: `${path}/1`, before: { Email: 'c@example.com' } },
    ];
    expect(redactChanges(changes)).toEqual([{ path }]);
  });

  it('keeps the other members of an object that holds a sensitive one', () => {
    const spend = { Amount: '1', Frequency: 'Monthly' };
    const changes = [
      { path: '/Receiver', after: { Account: { Alias: 'Jane', Kind: 'x' } } },
      { path: '/Payload/OpportunityInvitation/Project/ExpectedCustomerSpend/1', before: spend },
    ];
    expect(redactChanges(changes)).toEqual([
      { path: '/Receiver', after: { Account: { Kind: 'x' } } },
      {
        path: '/Payload/OpportunityInvitation/Project/ExpectedCustomerSpend/1',
        before: { Frequency: 'Monthly' },
      },
    ]);
  });

  it('changes nothing if no sensitive member is concerned', () => {
    const changes = [
      { path: '/Status', before: null, after: 'PENDING' },
      { path: '/InvitationMessageId', after: 'x' },
      { path: '/Payload~1Customer', before: [1] },
    ];
    expect(redactChanges(changes)).toEqual(changes);
  });
});

describe('redactContent', () => {
  it('has the attributes and the hash of the redacted payload', () => {
    const payload = invitationPayload();
    const content = redactContent({ payload, changes: diff({}, payload) });
    expect(content.payload).toEqual(redactPayload(payload));
    expect(content.contentHash).toBe(contentHashOf(redactPayload(payload)));
    expect(content.attributes).toEqual({
      status: 'PENDING',
      dueOn: '2026-03-16T10:00:00.123Z',
      engagementId: 'eng-abcdefgh123456',
    });
    expect(JSON.stringify(content)).not.toMatch(/Example Corp|Paulo|Data platform|111122223333"/);
  });
});
