import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lambdas/core/json.ts';
import {
  invitationDetailTypes,
  opportunityDetailTypes,
  parsePartnerEvent,
} from '../../../lambdas/core/partner-event.ts';
import {
  invitationEvent,
  opportunityEvent,
  partnerEvent,
  snapshotEvent,
  withValue,
} from '../../builders/events.ts';

const envelope = {
  eventId: '0a1b2c3d-0000-4000-8000-000000000001',
  catalog: 'AWS',
  time: '2026-03-01T10:00:00.000Z',
};

describe('an opportunity event in the recorded shape', () => {
  it.each(opportunityDetailTypes)('%s names the opportunity', (detailType) => {
    expect(parsePartnerEvent(opportunityEvent({ detailType }))).toEqual({
      kind: 'opportunity',
      ...envelope,
      detailType,
      opportunityId: 'O1234567',
    });
  });

  it.each(['AWS', 'Sandbox'])('is read in the catalog %s', (catalog) => {
    expect(parsePartnerEvent(opportunityEvent({ catalog }))).toMatchObject({ kind: 'opportunity', catalog });
  });

  it('may carry members and versions that nobody documented', () => {
    const event = { ...opportunityEvent(), version: '7', 'replay-name': 'x', resources: null };
    const odd = withValue(
      withValue(event, '/detail/schemaVersion', '2.0'),
      '/detail/opportunity/arn',
      'arn:aws:x',
    );
    expect(parsePartnerEvent(odd)).toEqual(parsePartnerEvent(opportunityEvent()));
  });

  it('needs none of the members that are not read', () => {
    const { version: _, account: __, region: ___, resources: ____, ...bare } = opportunityEvent();
    expect(parsePartnerEvent(bare)).toEqual(parsePartnerEvent(opportunityEvent()));
  });
});

describe('an invitation event in the recorded shape', () => {
  it('keeps what it tells of the invitation, in the names of the API', () => {
    expect(parsePartnerEvent(invitationEvent())).toEqual({
      kind: 'engagement-invitation',
      ...envelope,
      detailType: 'Engagement Invitation Created',
      invitationId: 'engi-abcdefgh12345',
      known: {
        Catalog: 'AWS',
        Arn: 'arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/engi-abcdefgh12345',
        Id: 'engi-abcdefgh12345',
        EngagementId: 'eng-abcdefgh123456',
        PayloadType: 'OpportunityInvitation',
        SenderAwsAccountId: 'aws',
        SenderCompanyName: 'AWS',
        ExpirationDate: '2026-03-16T10:00:00.123456789Z',
        ParticipantType: 'RECEIVER',
      },
    });
  });

  it.each(invitationDetailTypes.filter((each) => each !== 'Engagement Invitation Created'))(
    '%s knows neither sender’s name nor expiration date',
    (detailType) => {
      const event = parsePartnerEvent(invitationEvent({ detailType, catalog: 'Sandbox' }));
      expect(event).toMatchObject({ kind: 'engagement-invitation', detailType, catalog: 'Sandbox' });
      expect(event).toHaveProperty('known.Catalog', 'Sandbox');
      expect(event).not.toHaveProperty('known.SenderCompanyName');
      expect(event).not.toHaveProperty('known.ExpirationDate');
    },
  );

  it.each(['RECEIVER', 'Receiver', 'receiver'])(
    'knows the participant type %s as RECEIVER',
    (participantType) => {
      expect(parsePartnerEvent(invitationEvent({ participantType }))).toHaveProperty(
        'known.ParticipantType',
        'RECEIVER',
      );
    },
  );

  it.each(['SENDER', 'Sender'])('knows the participant type %s as SENDER', (participantType) => {
    expect(parsePartnerEvent(invitationEvent({ participantType }))).toHaveProperty(
      'known.ParticipantType',
      'SENDER',
    );
  });

  it('takes null members for absent and values outside the enums as they are', () => {
    const event = withValue(
      invitationEvent({ payloadType: 'ProspectInvitation' }),
      '/detail/engagementInvitation/engagementId',
      null,
    );
    const parsed = parsePartnerEvent(event);
    expect(parsed).toHaveProperty('known.PayloadType', 'ProspectInvitation');
    expect(parsed).not.toHaveProperty('known.EngagementId');
  });

  it.each<Json>([1, true, { name: 'Jane Doe' }, ['RECEIVER'], {}])(
    'leaves out what is no text, where it can do without: %j',
    (odd) => {
      const members = { arn: odd, engagementId: odd, senderCompanyName: odd, participantType: odd };
      const event = partnerEvent(
        { detailType: 'Engagement Invitation Rejected' },
        {
          engagementInvitation: {
            id: 'engi-abcdefgh12345',
            payloadType: 'LeadInvitation',
            senderAccountId: odd,
            expirationDate: odd,
            ...members,
          },
        },
      );
      expect(parsePartnerEvent(event)).toHaveProperty('known', {
        Catalog: 'AWS',
        Id: 'engi-abcdefgh12345',
        PayloadType: 'LeadInvitation',
      });
    },
  );

  it('needs the id alone', () => {
    const event = partnerEvent(
      { detailType: 'Engagement Invitation Expired' },
      { engagementInvitation: { id: 'engi-abcdefgh12345' } },
    );
    expect(parsePartnerEvent(event)).toMatchObject({
      kind: 'engagement-invitation',
      known: { Catalog: 'AWS', Id: 'engi-abcdefgh12345' },
    });
  });

  it('may come from a company that is really called String', () => {
    const event = withValue(invitationEvent(), '/detail/engagementInvitation/senderCompanyName', 'String');
    expect(parsePartnerEvent(event)).toHaveProperty('known.SenderCompanyName', 'String');
  });
});

describe('an event that nothing here reads', () => {
  it('is unhandled where its detail-type is another one', () => {
    expect(parsePartnerEvent(snapshotEvent({ catalog: 'Sandbox' }))).toEqual({
      kind: 'unhandled',
      ...envelope,
      catalog: 'Sandbox',
      detailType: 'Engagement Resource Snapshot Created',
    });
  });

  it.each([
    'Opportunity Accepted',
    'opportunity created',
    'Engagement Created',
    'Engagement Invitation Withdrawn',
  ])('is unhandled as %s, whatever its detail', (detailType) => {
    expect(parsePartnerEvent(partnerEvent({ detailType }, {}))).toMatchObject({
      kind: 'unhandled',
      detailType,
    });
  });

  it('is no exception for a catalog that AWS has yet to add', () => {
    expect(parsePartnerEvent(snapshotEvent({ catalog: 'Government' }))).toMatchObject({
      kind: 'unhandled',
      catalog: 'Government',
    });
    expect(parsePartnerEvent(opportunityEvent({ catalog: 'Government' }))).toMatchObject({
      catalog: 'Government',
    });
  });
});
