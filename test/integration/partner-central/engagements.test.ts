import {
  ListEngagementByAcceptingInvitationTasksCommand,
  ListEngagementMembersCommand,
  ListEngagementsCommand,
} from '@aws-sdk/client-partnercentral-selling';
import { describe, expect } from 'vitest';
import { at, textAt } from '../../../lambdas/core/json.ts';
import {
  bodyOf,
  engagement,
  engagementIdOf,
  invitation,
  it,
  opportunity,
  simulatedPartner,
  summary,
} from './simulator-under-test.ts';

function members(Identifier: string, page: { MaxResults?: number; NextToken?: string | undefined } = {}) {
  return new ListEngagementMembersCommand({ Catalog: 'AWS', Identifier, ...page });
}

function tasks(EngagementInvitationIdentifier: string[], OpportunityIdentifier?: string[]) {
  return new ListEngagementByAcceptingInvitationTasksCommand({
    Catalog: 'AWS',
    EngagementInvitationIdentifier,
    ...(OpportunityIdentifier && { OpportunityIdentifier }),
  });
}

const partnerAccount = '111122223333';

describe('engagements of the simulated partner', () => {
  it('returns an engagement of the partner and emits its events in the documented shape', async ({
    partner,
    client,
    events,
    clock,
  }) => {
    const id = partner.createEngagement('AWS');
    const arn = `arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/${id}`;
    expect(id).toMatch(/^eng-[0-9a-z]{14}$/);
    const found = await client.send(engagement(id));
    expect(found).toMatchObject({ Id: id, Arn: arn, CreatedBy: partnerAccount, MemberCount: 1 });
    expect(found.Contexts?.map(({ Type }) => Type)).toEqual(['CustomerProject']);
    expect(found.ModifiedAt).toBeUndefined();
    expect(await client.send(engagement(arn))).toMatchObject({ Id: id });
    clock.nowMs += 5000;
    partner.updateEngagement(id);
    expect(events.map((event) => [event['detail-type'], event.resources, event.detail])).toEqual([
      [
        'Engagement Created',
        [arn],
        {
          catalog: 'AWS',
          engagement: {
            engagementArn: arn,
            engagementId: id,
            CreatedAt: '2026-03-01T10:00:00Z',
            CreatedBy: partnerAccount,
            ContextTypes: ['CustomerProject'],
          },
        },
      ],
      [
        'Engagement Updated',
        [arn],
        {
          catalog: 'AWS',
          engagement: {
            engagementArn: arn,
            engagementId: id,
            LastModifiedAt: '2026-03-01T10:00:05Z',
            LastModifiedBy: partnerAccount,
            ContextTypes: ['CustomerProject'],
          },
        },
      ],
    ]);
  });

  it('changes the engagement and advances ModifiedAt with each update', () => {
    const { partner } = simulatedPartner();
    const invited = partner.createInvitation('AWS', 'LeadInvitation');
    partner.acceptInvitation(invited);
    const id = engagementIdOf(partner, invited);
    let contextChanges = 0;
    for (let update = 0; update < 50; update += 1) {
      const before = bodyOf(partner, `AWS/engagement/${id}`);
      partner.updateEngagement(id);
      const after = bodyOf(partner, `AWS/engagement/${id}`);
      const [beforeAt = '', afterAt = ''] = [textAt(before, 'ModifiedAt'), textAt(after, 'ModifiedAt')];
      expect(Date.parse(afterAt)).toBe(Date.parse(beforeAt) + 1);
      expect(afterAt).toMatch(/\.\d{1,9}Z$/);
      expect({ ...after, ModifiedAt: beforeAt }).not.toEqual(before);
      if (JSON.stringify(after['Contexts']) !== JSON.stringify(before['Contexts'])) contextChanges += 1;
    }
    expect(contextChanges).toBeGreaterThan(5);
  });

  it('hides an engagement from reads, lists, events and truth until its invitation is accepted', async ({
    partner,
    client,
    events,
  }) => {
    const invited = partner.createInvitation('AWS', 'LeadInvitation');
    const id = engagementIdOf(partner, invited);
    const listed = async () =>
      (await client.send(new ListEngagementsCommand({ Catalog: 'AWS' }))).EngagementSummaryList;
    const denied = { name: 'AccessDeniedException' };
    await expect(client.send(engagement(id))).rejects.toMatchObject(denied);
    await expect(client.send(members(id))).rejects.toMatchObject(denied);
    expect(await listed()).toEqual([]);
    partner.updateEngagement(id);
    partner.addMember(id);
    expect(events.map((event) => event['detail-type'])).toEqual(['Engagement Invitation Created']);
    expect([...partner.truth().keys()]).toEqual([`AWS/engagement-invitation/${invited}`]);

    partner.acceptInvitation(invited);
    expect(await client.send(engagement(id))).toMatchObject({ MemberCount: 3, CreatedBy: '444455556666' });
    expect(await listed()).toMatchObject([{ Id: id, MemberCount: 3, ContextTypes: ['Lead'] }]);
    expect(partner.truth().get(`AWS/engagement/${id}`)).toMatchObject({ inaccessible: false });
  });

  it('denies the engagement of a rejected invitation', async ({ partner, client }) => {
    const invited = partner.createInvitation('AWS', 'OpportunityInvitation');
    const id = engagementIdOf(partner, invited);
    partner.rejectInvitation(invited);
    await expect(client.send(engagement(id))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(partner.truth().has(`AWS/engagement/${id}`)).toBe(false);
  });

  it('lists members in pages of at most ten, and has all of them in the truth', async ({
    partner,
    client,
    events,
  }) => {
    const id = partner.createEngagement('AWS');
    for (let count = 0; count < 12; count += 1) partner.addMember(id);
    expect(events.at(-1)).toMatchObject({
      'detail-type': 'Engagement Member Added',
      detail: {
        catalog: 'AWS',
        engagement: { id },
        engagementMember: { accountId: expect.stringMatching(/^\d{12}$/), companyName: expect.any(String) },
      },
    });
    const first = await client.send(members(id));
    const second = await client.send(members(id, { NextToken: first.NextToken }));
    expect([first.EngagementMemberList?.length, second.EngagementMemberList?.length]).toEqual([10, 3]);
    expect(second.NextToken).toBeUndefined();
    const body = bodyOf(partner, `AWS/engagement/${id}`);
    const all = [...(first.EngagementMemberList ?? []), ...(second.EngagementMemberList ?? [])];
    expect(all).toEqual(body['EngagementMemberList']);
    expect(all[0]).toEqual({
      AccountId: partnerAccount,
      CompanyName: 'Example Partner',
      WebsiteUrl: 'https://partner.example.com',
    });
    expect(body['MemberCount']).toBe(13);
    expect(await client.send(engagement(id))).not.toHaveProperty('EngagementMemberList');
    const tooMany = client.send(members(id, { MaxResults: 11 }));
    await expect(tooMany).rejects.toMatchObject({
      ErrorList: [{ FieldName: 'MaxResults', Code: 'VALUE_OUT_OF_RANGE' }],
    });
  });

  it('emits Engagement Updated for an alteration of an engagement', () => {
    const { partner, events } = simulatedPartner();
    const id = partner.createEngagement('AWS');
    partner.alter('engagement', id, { Future: { Grade: 'B' } });
    expect(events.at(-1)?.['detail-type']).toBe('Engagement Updated');
    expect(bodyOf(partner, `AWS/engagement/${id}`)).toMatchObject({ Future: { Grade: 'B' } });
  });
});

describe('acceptance of an invitation', () => {
  it('leaves a task with the opportunity if it is accepted by the API', async ({ partner, client }) => {
    const invited = partner.createInvitation('AWS', 'OpportunityInvitation');
    const other = partner.createInvitation('AWS', 'OpportunityInvitation');
    expect((await client.send(tasks([invited]))).TaskSummaries).toEqual([]);
    const opportunityId = partner.acceptInvitation(invited) ?? '';
    partner.acceptInvitation(other);
    const { TaskSummaries } = await client.send(tasks([invited]));
    expect(TaskSummaries).toEqual([
      {
        TaskId: expect.stringMatching(/^task-[0-9a-z]{13}$/),
        TaskArn: expect.stringMatching(/engagement-by-accepting-invitation-task\/task-[0-9a-z]{13}$/),
        StartTime: expect.any(Date),
        TaskStatus: 'COMPLETE',
        OpportunityId: opportunityId,
        EngagementInvitationId: invited,
        ResourceSnapshotJobId: expect.stringMatching(/^job-[0-9a-z]{13}$/),
        ReasonCode: 'null',
      },
    ]);
    expect((await client.send(tasks([invited, other]))).TaskSummaries).toHaveLength(2);
    expect((await client.send(tasks([invited, other], [opportunityId]))).TaskSummaries).toHaveLength(1);
  });

  it('leaves no task and no snapshot if it is accepted in the console, only equal titles', async ({
    partner,
    client,
    events,
  }) => {
    const invited = partner.createInvitation('AWS', 'OpportunityInvitation');
    const opportunityId = partner.acceptInvitation(invited, { viaConsole: true }) ?? '';
    expect((await client.send(tasks([invited]))).TaskSummaries).toEqual([]);
    expect(events.map((event) => event['detail-type'])).not.toContain('Engagement Resource Snapshot Created');
    const title = (await client.send(opportunity(opportunityId))).Project?.Title;
    expect(title).toEqual(expect.any(String));
    const { Payload } = await client.send(invitation(invited));
    expect(Payload?.OpportunityInvitation?.Project?.Title).toBe(title);
  });

  it('leaves no task if a lead is accepted', async ({ partner, client }) => {
    const invited = partner.createInvitation('AWS', 'LeadInvitation');
    partner.acceptInvitation(invited);
    expect((await client.send(tasks([invited]))).TaskSummaries).toEqual([]);
  });
});

describe('an opportunity that the partner submits for co-selling', () => {
  it('creates an engagement and invites AWS', async ({ partner, client, events }) => {
    const id = partner.createOpportunity('AWS');
    const invited = partner.submitForCosell(id);
    expect(events.slice(1).map((event) => event['detail-type'])).toEqual([
      'Opportunity Updated',
      'Engagement Created',
      'Engagement Resource Snapshot Created',
      'Engagement Member Added',
      'Engagement Invitation Created',
    ]);
    expect(at(events.at(-1)?.detail, 'engagementInvitation')).toMatchObject({
      id: invited,
      participantType: 'SENDER',
      senderAccountId: partnerAccount,
      receiverAccountId: 'aws',
    });
    expect((await client.send(opportunity(id))).LifeCycle?.ReviewStatus).toBe('Submitted');
    expect(await client.send(summary(id))).toMatchObject({ Origin: 'Partner Referral' });
    const title = (await client.send(opportunity(id))).Project?.Title;
    expect(await client.send(engagement(engagementIdOf(partner, invited)))).toMatchObject({ Title: title });
  });

  it('is approved or rejected by AWS, and its invitation stays readable', async ({
    partner,
    client,
    events,
  }) => {
    const approved = partner.createOpportunity('AWS');
    const refused = partner.createOpportunity('AWS');
    const accepted = partner.submitForCosell(approved);
    const rejected = partner.submitForCosell(refused);
    events.splice(0);
    expect(partner.acceptInvitation(accepted)).toBeUndefined();
    partner.rejectInvitation(rejected);
    expect(events.map((event) => event['detail-type'])).toEqual([
      'Engagement Invitation Accepted',
      'Engagement Member Added',
      'Opportunity Updated',
      'Engagement Resource Snapshot Created',
      'Engagement Invitation Rejected',
      'Opportunity Updated',
      'Engagement Resource Snapshot Created',
    ]);
    const statusOf = async (id: string) => (await client.send(opportunity(id))).LifeCycle?.ReviewStatus;
    expect([await statusOf(approved), await statusOf(refused)]).toEqual(['Approved', 'Rejected']);
    expect(await client.send(invitation(rejected))).toMatchObject({ Status: 'REJECTED' });
    expect((await client.send(tasks([accepted]))).TaskSummaries).toEqual([]);
  });
});
