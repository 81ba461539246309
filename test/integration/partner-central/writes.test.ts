import {
  AcceptEngagementInvitationCommand,
  AssignOpportunityCommand,
  AssociateOpportunityCommand,
  CreateOpportunityCommand,
  DisassociateOpportunityCommand,
  ListEngagementByAcceptingInvitationTasksCommand,
  ListEngagementFromOpportunityTasksCommand,
  ListOpportunityFromEngagementTasksCommand,
  RejectEngagementInvitationCommand,
  StartEngagementByAcceptingInvitationTaskCommand,
  StartEngagementFromOpportunityTaskCommand,
  StartOpportunityFromEngagementTaskCommand,
  SubmitOpportunityCommand,
} from '@aws-sdk/client-partnercentral-selling';
import { describe, expect } from 'vitest';
import { at, textAt } from '../../../lambdas/core/json.ts';
import { usualBehavior } from '../../../local/partner-central/model/service-behavior.ts';
import { bodyOf, engagementIdOf, invitation, it, opportunity } from './simulator-under-test.ts';
import { call, errorOf, problemsOf, updateOf } from './write-requests.ts';

const approved = { LifeCycle: { ReviewStatus: 'Approved' } };
const withSolution = { RelatedEntityIdentifiers: { Solutions: ['S-91234567'] } };

function acceptance(Identifier: string, ClientToken = 'token-1') {
  return new StartEngagementByAcceptingInvitationTaskCommand({ Catalog: 'AWS', Identifier, ClientToken });
}

describe('writes of the simulator', () => {
  it('assigns an opportunity to another owner', async ({ partner, client }) => {
    const id = partner.createOpportunity('AWS');
    await client.send(
      new AssignOpportunityCommand({
        Catalog: 'AWS',
        Identifier: id,
        Assignee: {
          Email: 'new@partner.example.com',
          FirstName: 'Ana',
          LastName: 'Example',
          BusinessTitle: 'AM',
        },
      }),
    );
    expect((await client.send(opportunity(id))).OpportunityTeam).toMatchObject([
      { BusinessTitle: 'Opportunity Owner', Email: 'new@partner.example.com', FirstName: 'Ana' },
    ]);
  });

  it('associates a solution once, and disassociates it once', async ({ partner, client }) => {
    const id = partner.createOpportunity('AWS', { patch: { RelatedEntityIdentifiers: { Solutions: [] } } });
    const input = {
      Catalog: 'AWS',
      OpportunityIdentifier: id,
      RelatedEntityType: 'Solutions',
      RelatedEntityIdentifier: 'S-91234567',
    } as const;
    await client.send(new AssociateOpportunityCommand(input));
    await expect(client.send(new AssociateOpportunityCommand(input))).rejects.toMatchObject({
      name: 'ConflictException',
    });
    expect((await client.send(opportunity(id))).RelatedEntityIdentifiers?.Solutions).toEqual(['S-91234567']);
    await client.send(new DisassociateOpportunityCommand(input));
    await expect(client.send(new DisassociateOpportunityCommand(input))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect(partner.writes.effective.map(({ operation }) => operation)).toEqual([
      'AssociateOpportunity',
      'DisassociateOpportunity',
    ]);
  });

  it('refuses a solution that does not exist, and a second offer', async ({ partner, simulator }) => {
    const id = partner.createOpportunity('AWS');
    const associate = (type: string, entity: string) =>
      call(simulator, 'AssociateOpportunity', {
        Catalog: 'AWS',
        OpportunityIdentifier: id,
        RelatedEntityType: type,
        RelatedEntityIdentifier: entity,
      });
    expect(errorOf(await associate('Solutions', 'S-1'))).toBe('ResourceNotFoundException');
    await associate('AwsMarketplaceOffers', 'offer-1');
    expect(problemsOf(await associate('AwsMarketplaceOffers', 'offer-2'))).toEqual([
      'RelatedEntityIdentifier: INVALID_VALUE',
    ]);
  });

  it('creates one opportunity for a token, and refuses the token with another body', async ({
    partner,
    client,
  }) => {
    const input = {
      Catalog: 'AWS',
      ClientToken: 'create-1',
      PartnerOpportunityIdentifier: 'deal-1',
      Customer: { Account: { CompanyName: 'Example Corp' } },
      LifeCycle: { TargetCloseDate: '2026-09-01' },
    };
    const first = await client.send(new CreateOpportunityCommand(input));
    const second = await client.send(new CreateOpportunityCommand(input));
    expect(second.Id).toBe(first.Id);
    const other = { ...input, PartnerOpportunityIdentifier: 'deal-2' };
    await expect(client.send(new CreateOpportunityCommand(other))).rejects.toMatchObject({
      name: 'ConflictException',
    });
    expect(partner.writes.effective).toHaveLength(1);
    expect(await client.send(opportunity(first.Id ?? ''))).toMatchObject({
      PartnerOpportunityIdentifier: 'deal-1',
      Customer: { Account: { CompanyName: 'Example Corp' } },
      LifeCycle: { ReviewStatus: 'Pending Submission', Stage: 'Prospect', TargetCloseDate: '2026-09-01' },
    });
  });

  it('submits an opportunity, which then takes no update', async ({ partner, client, simulator }) => {
    const id = partner.createOpportunity('AWS', { patch: withSolution });
    const submit = new SubmitOpportunityCommand({
      Catalog: 'AWS',
      Identifier: id,
      InvolvementType: 'Co-Sell',
    });
    await client.send(submit);
    expect((await client.send(opportunity(id))).LifeCycle?.ReviewStatus).toBe('Submitted');
    expect(errorOf(await call(simulator, 'UpdateOpportunity', updateOf(partner, id)))).toBe(
      'ValidationException',
    );
    await expect(client.send(submit)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('submits to a new engagement by a task, with the events of AWS', async ({ partner, client, events }) => {
    const id = partner.createOpportunity('AWS', { patch: withSolution });
    events.length = 0;
    const task = await client.send(
      new StartEngagementFromOpportunityTaskCommand({
        Catalog: 'AWS',
        ClientToken: 'submit-1',
        Identifier: id,
        AwsSubmission: { InvolvementType: 'Co-Sell', Visibility: 'Full' },
      }),
    );
    expect(task).toMatchObject({ TaskStatus: 'COMPLETE', OpportunityId: id });
    expect(events.map((event) => event['detail-type'])).toContain('Engagement Invitation Created');
    const list = new ListEngagementFromOpportunityTasksCommand({
      Catalog: 'AWS',
      OpportunityIdentifier: [id],
    });
    expect((await client.send(list)).TaskSummaries).toMatchObject([
      { TaskId: task.TaskId, EngagementInvitationId: task.EngagementInvitationId, TaskStatus: 'COMPLETE' },
    ]);
  });

  it('answers a submission that breaks a rule with a task that has failed', async ({ partner, client }) => {
    const id = partner.createOpportunity('AWS', { patch: { RelatedEntityIdentifiers: { Solutions: [] } } });
    const task = await client.send(
      new StartEngagementFromOpportunityTaskCommand({
        Catalog: 'AWS',
        ClientToken: 'submit-1',
        Identifier: id,
        AwsSubmission: { InvolvementType: 'Co-Sell' },
      }),
    );
    expect(task).toMatchObject({ TaskStatus: 'FAILED', ReasonCode: 'OpportunitySubmissionFailed' });
    expect((await client.send(opportunity(id))).LifeCycle?.ReviewStatus).toBe('Pending Submission');
  });

  it('accepts an invitation by a task that takes time, and answers polls with the same token', async ({
    partner,
    client,
  }) => {
    partner.writes.behavior = { ...usualBehavior, planTask: () => ({ afterMs: 2_000 }) };
    const id = partner.createInvitation('AWS', 'OpportunityInvitation');
    const started = await client.send(acceptance(id));
    expect(started).toMatchObject({ TaskStatus: 'IN_PROGRESS', EngagementInvitationId: id });
    expect((await client.send(invitation(id))).Status).toBe('PENDING');
    await expect
      .poll(async () => (await client.send(acceptance(id))).TaskStatus, { timeout: 30_000 })
      .toBe('COMPLETE');
    const { TaskId, OpportunityId = '' } = await client.send(acceptance(id));
    expect(TaskId).toBe(started.TaskId);
    expect((await client.send(opportunity(OpportunityId))).LifeCycle?.ReviewStatus).toBe('Approved');
    const list = new ListEngagementByAcceptingInvitationTasksCommand({
      Catalog: 'AWS',
      EngagementInvitationIdentifier: [id],
    });
    expect((await client.send(list)).TaskSummaries).toMatchObject([
      { TaskId, TaskStatus: 'COMPLETE', OpportunityId },
    ]);
    expect(partner.writes.effective).toHaveLength(1);
  });

  it('fails a task with HTTP 200, and answers the old failure to the same token', async ({
    partner,
    client,
  }) => {
    const failure = { reasonCode: 'InternalError', message: 'Try again' };
    partner.writes.behavior = { ...usualBehavior, planTask: () => ({ afterMs: 0, failure }) };
    const id = partner.createInvitation('AWS', 'OpportunityInvitation');
    const failed = { TaskStatus: 'FAILED', ReasonCode: 'InternalError', Message: 'Try again' };
    expect(await client.send(acceptance(id))).toMatchObject(failed);
    partner.writes.behavior = usualBehavior;
    expect(await client.send(acceptance(id))).toMatchObject(failed);
    expect((await client.send(invitation(id))).Status).toBe('PENDING');
    expect(await client.send(acceptance(id, 'token-2'))).toMatchObject({ TaskStatus: 'COMPLETE' });
  });

  it('can fail a task halfway: accepted, and no opportunity', async ({ partner, client, events }) => {
    const failure = { reasonCode: 'OpportunityConflict', message: '', halfway: true };
    partner.writes.behavior = { ...usualBehavior, planTask: () => ({ afterMs: 0, failure }) };
    const id = partner.createInvitation('AWS', 'OpportunityInvitation');
    expect(await client.send(acceptance(id))).toMatchObject({ TaskStatus: 'FAILED' });
    expect((await client.send(invitation(id))).Status).toBe('ACCEPTED');
    expect(events.map((event) => event['detail-type'])).not.toContain('Opportunity Created');
  });

  it('fails a task whose invitation was answered in the meantime', async ({ partner, client }) => {
    partner.writes.behavior = { ...usualBehavior, planTask: () => ({ afterMs: 300 }) };
    for (const answer of ['acceptInvitation', 'rejectInvitation', 'expireInvitation'] as const) {
      const id = partner.createInvitation('AWS', 'OpportunityInvitation');
      await client.send(acceptance(id, answer));
      partner[answer](id);
      await expect
        .poll(async () => (await client.send(acceptance(id, answer))).ReasonCode, { timeout: 10_000 })
        .toBe('InvitationValidationFailed');
    }
    expect(partner.writes.effective).toEqual([]);
  });

  it('drops the second of two operations with one token if it shares tokens', async ({ partner, client }) => {
    partner.writes.behavior = { ...usualBehavior, sharesTokens: true };
    const accepted = partner.createInvitation('AWS', 'OpportunityInvitation');
    const { TaskId } = await client.send(acceptance(accepted, 'shared'));
    const id = partner.createOpportunity('AWS', { patch: withSolution });
    const second = await client.send(
      new StartEngagementFromOpportunityTaskCommand({
        Catalog: 'AWS',
        ClientToken: 'shared',
        Identifier: id,
        AwsSubmission: { InvolvementType: 'Co-Sell' },
      }),
    );
    expect(second.TaskId).toBe(TaskId);
    expect((await client.send(opportunity(id))).LifeCycle?.ReviewStatus).toBe('Pending Submission');
  });

  it('rejects an invitation, which can then not be read', async ({ partner, client }) => {
    const id = partner.createInvitation('AWS', 'OpportunityInvitation');
    const reject = new RejectEngagementInvitationCommand({
      Catalog: 'AWS',
      Identifier: id,
      RejectionReason: 'Next steps unclear',
    });
    await client.send(reject);
    expect(bodyOf(partner, `AWS/engagement-invitation/${id}`)).toMatchObject({
      Status: 'REJECTED',
      RejectionReason: 'Next steps unclear',
    });
    await expect(client.send(invitation(id))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(client.send(reject)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('refuses to answer an invitation that has expired', async ({ partner, client }) => {
    const id = partner.createInvitation('AWS', 'OpportunityInvitation');
    partner.expireInvitation(id);
    await expect(client.send(acceptance(id))).rejects.toMatchObject({ name: 'ConflictException' });
    const reject = new RejectEngagementInvitationCommand({ Catalog: 'AWS', Identifier: id });
    await expect(client.send(reject)).rejects.toMatchObject({ name: 'ConflictException' });
  });

  it('accepts a lead, changes its context and makes it an opportunity', async ({
    partner,
    client,
    simulator,
  }) => {
    const id = partner.createInvitation('AWS', 'LeadInvitation');
    await client.send(new AcceptEngagementInvitationCommand({ Catalog: 'AWS', Identifier: id }));
    const engagementId = engagementIdOf(partner, id);
    const body = bodyOf(partner, `AWS/engagement/${engagementId}`);
    const change = (EngagementLastModifiedAt: string) =>
      call(simulator, 'UpdateEngagementContext', {
        Catalog: 'AWS',
        EngagementIdentifier: engagementId,
        ContextIdentifier: '1',
        EngagementLastModifiedAt,
        Type: 'Lead',
        Payload: { Lead: { QualificationStatus: 'Qualified', Customer: { CompanyName: 'Example Corp' } } },
      });
    expect(errorOf(await change('2026-01-01T00:00:00Z'))).toBe('ConflictException');
    const changed = await change(textAt(body, 'ModifiedAt') ?? '');
    expect(changed.body).toMatchObject({ ContextId: '1', EngagementId: engagementId });
    const task = await client.send(
      new StartOpportunityFromEngagementTaskCommand({
        Catalog: 'AWS',
        ClientToken: 'lead-1',
        Identifier: engagementId,
        ContextIdentifier: '1',
      }),
    );
    expect(task).toMatchObject({ TaskStatus: 'COMPLETE', EngagementId: engagementId, ContextId: '1' });
    const created = await client.send(opportunity(task.OpportunityId ?? ''));
    expect(created.Customer?.Account?.CompanyName).toBe('Example Corp');
    const list = new ListOpportunityFromEngagementTasksCommand({ Catalog: 'AWS', ContextIdentifier: ['1'] });
    expect((await client.send(list)).TaskSummaries).toMatchObject([{ TaskId: task.TaskId }]);
  });

  it('accepts an invitation to plan an account as it accepts a lead, and by no task', async ({
    partner,
    client,
  }) => {
    const id = partner.createInvitation('AWS', 'AccountPlanningInvitation');
    const payload = at(bodyOf(partner, `AWS/engagement-invitation/${id}`), 'Payload');
    const [AccountIdentifier, Customer] = ['AccountIdentifier', 'Customer'].map((member) =>
      at(payload, 'AccountPlanningInvitation', member),
    );
    expect(AccountIdentifier).toMatch(/^cust-acc-[0-9a-z]{13}$/);
    await expect(client.send(acceptance(id))).rejects.toMatchObject({ name: 'ValidationException' });
    await client.send(new AcceptEngagementInvitationCommand({ Catalog: 'AWS', Identifier: id }));
    expect(bodyOf(partner, `AWS/engagement/${engagementIdOf(partner, id)}`)).toMatchObject({
      Contexts: [
        { Id: '1', Payload: { CustomerAccount: { AccountIdentifier, Customer } }, Type: 'CustomerAccount' },
      ],
    });
  });

  it('limits eight writes by their own quota, and the others not at all', async ({ startSimulator }) => {
    const { partner, client, simulator, clock } = await startSimulator({
      quota: { perSecond: 1, perDay: 100 },
      writeQuota: { perSecond: 1, perDay: 2 },
      nowMs: () => clock.nowMs,
    });
    const ids = ['a', 'b', 'c'].map(() => partner.createInvitation('AWS', 'OpportunityInvitation'));
    const lead = partner.createInvitation('AWS', 'LeadInvitation');
    const [first = '', second = '', third = ''] = ids;
    await client.send(acceptance(first, 'a'));
    await client.send(invitation(first));
    await client.send(new AcceptEngagementInvitationCommand({ Catalog: 'AWS', Identifier: lead }));
    await expect(client.send(acceptance(second, 'b'))).rejects.toMatchObject({ name: 'ThrottlingException' });
    clock.nowMs += 1_000;
    await client.send(acceptance(second, 'b'));
    clock.nowMs += 1_000;
    await expect(client.send(acceptance(third, 'c'))).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect({ writes: simulator.writes(), reads: simulator.reads() }).toEqual({ writes: 3, reads: 1 });
  });

  it.for(['answer-lost', 'internal-after', 'late'] as const)(
    'performs a write whose answer does not arrive: %s',
    async (fault, { startSimulator }) => {
      const { partner, simulator } = await startSimulator({ lateMs: 20 });
      const id = partner.createOpportunity('AWS', { patch: approved });
      simulator.injectFaults(() => fault);
      const request = updateOf(partner, id, { LifeCycle: { NextSteps: 'Call' } });
      const answer = call(simulator, 'UpdateOpportunity', request).then(errorOf, () => 'no answer');
      if (fault !== 'late')
        expect(await answer).toBe(fault === 'answer-lost' ? 'no answer' : 'InternalServerException');
      await expect.poll(() => partner.writes.effective).toHaveLength(1);
      expect(bodyOf(partner, `AWS/opportunity/${id}`)).toMatchObject({ LifeCycle: { NextSteps: 'Call' } });
    },
  );

  it('drops a late write that is refused when it arrives', async ({ startSimulator }) => {
    const { partner, simulator, clock } = await startSimulator({ lateMs: 20 });
    const id = partner.createOpportunity('AWS', { patch: approved });
    simulator.injectFaults(() => 'late');
    const request = updateOf(partner, id, { LifeCycle: { NextSteps: 'Call' } });
    const lost = call(simulator, 'UpdateOpportunity', request).catch(() => undefined);
    clock.nowMs += 1_000;
    partner.updateOpportunity(id, { patch: { LifeCycle: { NextSteps: 'Write' } } });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(partner.writes.effective).toEqual([]);
    await simulator.stop();
    await lost;
  });
});
