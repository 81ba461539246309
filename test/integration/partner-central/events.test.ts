import { describe, expect, it } from 'vitest';
import { textAt } from '../../../lambdas/core/json.ts';
import { SimulatedPartner } from '../../../local/partner-central/model/simulated-partner.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import { bodyOf, simulatedPartner } from './simulator-under-test.ts';

describe('events of the simulated partner', () => {
  it('emits an opportunity event in exactly the recorded shape', () => {
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

  it('emits Engagement Invitation Created in exactly the recorded shape', () => {
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

  it.each(['Rejected', 'Expired'] as const)(
    'emits Engagement Invitation %s without sender name, date and reason',
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

  it('creates the opportunity and emits the documented events if an opportunity invitation is accepted', () => {
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

  it('creates no opportunity if a lead is accepted', () => {
    const { partner, events } = simulatedPartner();
    expect(partner.acceptInvitation(partner.createInvitation('AWS', 'LeadInvitation'))).toBeUndefined();
    expect(events).toHaveLength(3);
    expect([...partner.truth().values()].map(({ kind }) => kind)).toEqual([
      'engagement',
      'engagement-invitation',
    ]);
  });

  it('emits an event twice with different ids, or not at all, on request', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createOpportunity('AWS', { events: 2 });
    expect(new Set(events.map((event) => event.id)).size).toBe(2);
    expect(new Set(events.map((event) => event['detail-type'])).size).toBe(1);
    partner.updateOpportunity(id, { events: 0 });
    expect(events).toHaveLength(2);
    expect(partner.truth().get(`AWS/opportunity/${id}`)?.mutations).toBe(2);
  });

  it('changes the state before it emits the event', () => {
    const recordCounts: unknown[] = [];
    const partner: SimulatedPartner = new SimulatedPartner({
      random: seededRandom(1),
      nowMs: () => 0,
      accountId: '111122223333',
      emit: () => recordCounts.push(partner.truth().size),
    });
    partner.createOpportunity('AWS');
    expect(recordCounts).toEqual([1]);
  });
});
