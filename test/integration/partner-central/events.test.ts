import { describe, expect, test } from 'vitest';
import { textAt } from '../../../lambdas/core/json.ts';
import { SimulatedPartner } from '../../../local/partner-central/model/simulated-partner.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import { bodyOf, simulatedPartner } from './simulator-under-test.ts';

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
    expect([...partner.truth().values()].map(({ kind }) => kind)).toEqual([
      'engagement',
      'engagement-invitation',
    ]);
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
