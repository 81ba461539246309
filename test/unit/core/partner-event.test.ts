import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import {
  engagementDetailTypes,
  invitationDetailTypes,
  opportunityDetailTypes,
  parsePartnerEvent,
  reconciledDetailTypes,
} from '../../../lambdas/core/partner-event.ts';
import { reconciledEventBody } from '../../../lambdas/core/reconciled-event.ts';
import {
  engagementEvent,
  invitationEvent,
  opportunityEvent,
  partnerEvent,
  snapshotEvent,
  withValue,
} from '../../builders/events.ts';

const catalog = 'AWS';
const envelope = {
  eventId: '0a1b2c3d-0000-4000-8000-000000000001',
  time: '2026-03-01T10:00:00.000Z',
} as const;

describe('an opportunity event in the recorded shape', () => {
  it.each(opportunityDetailTypes)('%s names the opportunity', (detailType) => {
    expect(parsePartnerEvent(opportunityEvent({ detailType }))).toEqual({
      ...envelope,
      key: { catalog, kind: 'opportunity', id: 'O1234567' },
      detailType,
    });
  });

  it.each(['AWS', 'Sandbox'])('is read in the catalog %s', (catalog) => {
    expect(parsePartnerEvent(opportunityEvent({ catalog }))).toMatchObject({
      key: { kind: 'opportunity', catalog },
    });
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
      ...envelope,
      key: { catalog, kind: 'engagement-invitation', id: 'engi-abcdefgh12345' },
      detailType: 'Engagement Invitation Created',
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
      expect(event).toMatchObject({
        key: { catalog: 'Sandbox', kind: 'engagement-invitation' },
        detailType,
      });
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
      key: { kind: 'engagement-invitation' },
      known: { Catalog: 'AWS', Id: 'engi-abcdefgh12345' },
    });
  });

  it('may come from a company that is really called String', () => {
    const event = withValue(invitationEvent(), '/detail/engagementInvitation/senderCompanyName', 'String');
    expect(parsePartnerEvent(event)).toHaveProperty('known.SenderCompanyName', 'String');
  });
});

describe('an event of an engagement', () => {
  it.each(['Engagement Created', 'Engagement Updated', 'Engagement Member Added'] as const)(
    '%s names the engagement, in the spelling of its own',
    (detailType) => {
      expect(parsePartnerEvent(engagementEvent({ detailType }))).toEqual({
        ...envelope,
        key: { catalog, kind: 'engagement', id: 'eng-abcdefgh123456' },
        detailType,
      });
    },
  );

  it.each(engagementDetailTypes)('%s is read in any of the spellings', (detailType) => {
    const spellings: readonly JsonObject[] = [
      { engagement: { id: 'eng-abcdefgh123456' } },
      { engagement: { engagementId: 'eng-abcdefgh123456' } },
      { resourceSnapshot: { engagementId: 'eng-abcdefgh123456' } },
    ];
    for (const detail of spellings)
      expect(parsePartnerEvent(partnerEvent({ detailType }, detail))).toMatchObject({
        key: { catalog, kind: 'engagement', id: 'eng-abcdefgh123456' },
      });
  });

  it('of a snapshot tells which opportunity belongs to it', () => {
    expect(parsePartnerEvent(snapshotEvent({ catalog: 'Sandbox' }))).toEqual({
      ...envelope,
      key: { catalog: 'Sandbox', kind: 'engagement', id: 'eng-abcdefgh123456' },
      detailType: 'Engagement Resource Snapshot Created',
      snapshotOf: { opportunityId: 'O1234567', isOwn: true },
    });
  });

  it('of a snapshot by somebody else says that the opportunity is not of this account', () => {
    for (const createdBy of ['aws', '444455556666'])
      expect(parsePartnerEvent(snapshotEvent({ createdBy }))).toHaveProperty('snapshotOf.isOwn', false);
    const { account: _, ...nameless } = snapshotEvent();
    expect(parsePartnerEvent(nameless)).toHaveProperty('snapshotOf.isOwn', false);
    const { account: __, ...bare } = withValue(snapshotEvent(), '/detail/resourceSnapshot/createdBy', null);
    expect(parsePartnerEvent(bare)).toHaveProperty('snapshotOf.isOwn', false);
  });

  it.each([
    ['resourceType', 'Lead'],
    ['resourceType', null],
    ['resourceId', 'S-1234567'],
    ['resourceId', 7],
  ])('of a snapshot whose %s is %j tells of the engagement alone', (member, value) => {
    const event = withValue(snapshotEvent(), `/detail/resourceSnapshot/${member}`, value);
    const parsed = parsePartnerEvent(event);
    expect(parsed).toMatchObject({ key: { kind: 'engagement', id: 'eng-abcdefgh123456' } });
    expect(parsed).toHaveProperty('snapshotOf', undefined);
  });
});

describe('what reconcile found', () => {
  const listed = { lastModifiedAt: '2026-03-01T09:00:00.500Z', status: 'PENDING', drift: true } as const;
  const ids = {
    opportunity: 'O1234567',
    'engagement-invitation': 'engi-abcdefgh12345',
    engagement: 'eng-abcdefgh123456',
  } as const;
  const kinds = ['opportunity', 'engagement-invitation', 'engagement'] as const;

  it.each(kinds)('is read back as it was sent: %s', (kind) => {
    const key = { catalog: 'Sandbox', kind, id: ids[kind] };
    const body = reconciledEventBody('run-7', envelope.time, { ...key, listed });
    expect(parsePartnerEvent(JSON.parse(body))).toMatchObject({
      key,
      eventId: 'run-7',
      time: envelope.time,
      detailType: reconciledDetailTypes[kind],
      listed,
    });
  });

  it('may know neither stamp nor status, and need not be drift', () => {
    const finding = { catalog: 'AWS', kind: 'opportunity', id: 'O1', listed: { drift: false } } as const;
    const parsed = parsePartnerEvent(JSON.parse(reconciledEventBody('run-7', envelope.time, finding)));
    expect(parsed.listed).toEqual({ lastModifiedAt: undefined, status: undefined, drift: false });
  });

  it('is told apart from what AWS sent', () => {
    for (const event of [opportunityEvent(), invitationEvent(), engagementEvent()]) {
      // Only its source makes an event one of reconcile's.
      const pretending = withValue(event, '/detail/listed', { drift: true });
      expect(parsePartnerEvent(pretending)).not.toHaveProperty('listed');
    }
  });

  it('tells of an invitation nothing but its id', () => {
    const finding = {
      catalog: 'AWS',
      kind: 'engagement-invitation',
      id: 'engi-abcdefgh12345',
      listed,
    } as const;
    const parsed = parsePartnerEvent(JSON.parse(reconciledEventBody('run-7', envelope.time, finding)));
    expect(parsed).toHaveProperty('known', { Catalog: 'AWS', Id: 'engi-abcdefgh12345' });
  });
});

describe('an event that nothing here reads', () => {
  it('is unhandled where its detail-type is another one', () => {
    const detailType = 'Resource Snapshot Created';
    expect(parsePartnerEvent(snapshotEvent({ catalog: 'Sandbox', detailType }))).toEqual({
      ...envelope,
      catalog: 'Sandbox',
      detailType,
    });
  });

  it.each([
    'Opportunity Accepted',
    'opportunity created',
    'Engagement Member Joined',
    'Engagement Invitation Withdrawn',
  ])('is unhandled as %s, whatever its detail', (detailType) => {
    const event = parsePartnerEvent(partnerEvent({ detailType }, {}));
    expect(event).toMatchObject({ catalog, detailType });
    expect(event).not.toHaveProperty('key');
  });

  it('is no exception for a catalog that AWS has yet to add', () => {
    const unhandled = parsePartnerEvent(partnerEvent({ catalog: 'Government', detailType: 'New' }, {}));
    expect(unhandled).toMatchObject({ catalog: 'Government' });
    expect(unhandled).not.toHaveProperty('key');
    expect(parsePartnerEvent(opportunityEvent({ catalog: 'Government' }))).toMatchObject({
      key: { catalog: 'Government' },
    });
  });
});
