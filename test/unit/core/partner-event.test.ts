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

describe('parsePartnerEvent, for an opportunity event in the recorded shape', () => {
  it.each(opportunityDetailTypes)('returns the key of the opportunity for %s', (detailType) => {
    expect(parsePartnerEvent(opportunityEvent({ detailType }))).toEqual({
      ...envelope,
      key: { catalog, kind: 'opportunity', id: 'O1234567' },
      detailType,
    });
  });

  it.each(['AWS', 'Sandbox'])('accepts the catalog %s', (name) => {
    expect(parsePartnerEvent(opportunityEvent({ catalog: name }))).toMatchObject({
      key: { kind: 'opportunity', catalog: name },
    });
  });

  it('ignores undocumented members and versions', () => {
    const event = { ...opportunityEvent(), version: '7', 'replay-name': 'x', resources: null };
    const odd = withValue(
      withValue(event, '/detail/schemaVersion', '2.0'),
      '/detail/opportunity/arn',
      'arn:aws:x',
    );
    expect(parsePartnerEvent(odd)).toEqual(parsePartnerEvent(opportunityEvent()));
  });

  it('requires only the members that it returns', () => {
    const { version: _, account: __, region: ___, resources: ____, ...bare } = opportunityEvent();
    expect(parsePartnerEvent(bare)).toEqual(parsePartnerEvent(opportunityEvent()));
  });
});

describe('parsePartnerEvent, for an invitation event in the recorded shape', () => {
  it('returns the members of the invitation by the names of the API', () => {
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
    'returns neither sender name nor expiration date for %s',
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
    'returns the participant type %s as RECEIVER',
    (participantType) => {
      expect(parsePartnerEvent(invitationEvent({ participantType }))).toHaveProperty(
        'known.ParticipantType',
        'RECEIVER',
      );
    },
  );

  it.each(['SENDER', 'Sender'])('returns the participant type %s as SENDER', (participantType) => {
    expect(parsePartnerEvent(invitationEvent({ participantType }))).toHaveProperty(
      'known.ParticipantType',
      'SENDER',
    );
  });

  it('treats null members as absent and keeps values outside the enums', () => {
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
    'omits an optional member that is not a text: %j',
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

  it('requires the id only', () => {
    const event = partnerEvent(
      { detailType: 'Engagement Invitation Expired' },
      { engagementInvitation: { id: 'engi-abcdefgh12345' } },
    );
    expect(parsePartnerEvent(event)).toMatchObject({
      key: { kind: 'engagement-invitation' },
      known: { Catalog: 'AWS', Id: 'engi-abcdefgh12345' },
    });
  });

  it('accepts a company named String', () => {
    const event = withValue(invitationEvent(), '/detail/engagementInvitation/senderCompanyName', 'String');
    expect(parsePartnerEvent(event)).toHaveProperty('known.SenderCompanyName', 'String');
  });
});

describe('parsePartnerEvent, for an engagement event', () => {
  it.each(['Engagement Created', 'Engagement Updated', 'Engagement Member Added'] as const)(
    'returns the key of the engagement for %s',
    (detailType) => {
      expect(parsePartnerEvent(engagementEvent({ detailType }))).toEqual({
        ...envelope,
        key: { catalog, kind: 'engagement', id: 'eng-abcdefgh123456' },
        detailType,
      });
    },
  );

  it.each(engagementDetailTypes)('finds the engagement id of %s in any of the known places', (detailType) => {
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

  it('returns the opportunity of a snapshot', () => {
    expect(parsePartnerEvent(snapshotEvent({ catalog: 'Sandbox' }))).toEqual({
      ...envelope,
      key: { catalog: 'Sandbox', kind: 'engagement', id: 'eng-abcdefgh123456' },
      detailType: 'Engagement Resource Snapshot Created',
      snapshotOf: { opportunityId: 'O1234567', isOwn: true },
    });
  });

  it('returns isOwn false for a snapshot by another account', () => {
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
  ])('returns no snapshot if its %s is %j', (member, value) => {
    const event = withValue(snapshotEvent(), `/detail/resourceSnapshot/${member}`, value);
    const parsed = parsePartnerEvent(event);
    expect(parsed).toMatchObject({ key: { kind: 'engagement', id: 'eng-abcdefgh123456' } });
    expect(parsed).toHaveProperty('snapshotOf', undefined);
  });
});

describe('parsePartnerEvent, for an event of reconcile', () => {
  const listed = { lastModifiedAt: '2026-03-01T09:00:00.500Z', status: 'PENDING', drift: true } as const;
  const ids = {
    opportunity: 'O1234567',
    'engagement-invitation': 'engi-abcdefgh12345',
    engagement: 'eng-abcdefgh123456',
  } as const;
  const kinds = ['opportunity', 'engagement-invitation', 'engagement'] as const;

  it.each(kinds)('returns the finding that was sent: %s', (kind) => {
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

  it('accepts a finding without timestamp, status and drift', () => {
    const finding = { catalog: 'AWS', kind: 'opportunity', id: 'O1', listed: { drift: false } } as const;
    const parsed = parsePartnerEvent(JSON.parse(reconciledEventBody('run-7', envelope.time, finding)));
    expect(parsed.listed).toEqual({ lastModifiedAt: undefined, status: undefined, drift: false });
  });

  it('returns no listed members for an event of AWS', () => {
    for (const event of [opportunityEvent(), invitationEvent(), engagementEvent()]) {
      // Only the source decides.
      const pretending = withValue(event, '/detail/listed', { drift: true });
      expect(parsePartnerEvent(pretending)).not.toHaveProperty('listed');
    }
  });

  it('returns only the id of an invitation without other members', () => {
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

describe('parsePartnerEvent, for an unknown event', () => {
  it('returns no key for an unknown detail-type', () => {
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
  ])('returns no key for %s with any detail', (detailType) => {
    const event = parsePartnerEvent(partnerEvent({ detailType }, {}));
    expect(event).toMatchObject({ catalog, detailType });
    expect(event).not.toHaveProperty('key');
  });

  it('accepts an unknown catalog', () => {
    const unhandled = parsePartnerEvent(partnerEvent({ catalog: 'Government', detailType: 'New' }, {}));
    expect(unhandled).toMatchObject({ catalog: 'Government' });
    expect(unhandled).not.toHaveProperty('key');
    expect(parsePartnerEvent(opportunityEvent({ catalog: 'Government' }))).toMatchObject({
      key: { catalog: 'Government' },
    });
  });
});
