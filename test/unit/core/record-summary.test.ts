import { describe, expect, it } from 'vitest';
import { erasePayload } from '../../../lambdas/core/erasure.ts';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKind } from '../../../lambdas/core/record.ts';
import { changedPathsOf, summaryMembersOf } from '../../../lambdas/core/record-summary.ts';
import { redactPayload } from '../../../lambdas/core/redaction.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { awsSummaryPayload, opportunityPayload, spend, teamMember } from '../../builders/payloads.ts';

function membersOf(kind: RecordKind, payload: JsonObject): object {
  return Object.fromEntries(
    Object.entries(summaryMembersOf(kind, payload)).filter(([, value]) => value !== undefined),
  );
}

function managerOf(title: string): string | undefined {
  const OpportunityTeam = [teamMember(title, 'sales@aws.example.com', 'Ana')];
  return summaryMembersOf('aws-opportunity-summary', { OpportunityTeam }).accountManager;
}

describe('the summary of an opportunity', () => {
  it("has the partner's id, amount, next steps and owner", () => {
    const payload = {
      ...opportunityPayload({ nextSteps: 'Call them', amount: '12000.50' }),
      PartnerOpportunityIdentifier: 'CRM-10023',
    };
    expect(membersOf('opportunity', payload)).toEqual({
      partnerId: 'CRM-10023',
      amount: 12_000.5,
      currency: 'USD',
      nextSteps: 'Call them',
      owner: 'owner@partner.example.com',
    });
  });

  it.each<readonly [string, Json, unknown]>([
    ['the first that is a number', [spend('unknown'), spend('7.00')], 7],
    ['exact if JavaScript cannot hold it', [spend(`${'9'.repeat(31)}.25`)], expect.any(ExactNumber)],
    ['absent if no amount is a number', [spend('12k'), spend('-1'), spend('1e9'), {}, null], undefined],
    ['absent if the list is something else', 'none', undefined],
  ])('has an amount that is %s', (_title, list, amount) => {
    const payload = { Project: { ExpectedCustomerSpend: list } };
    expect(summaryMembersOf('opportunity', payload).amount).toEqual(amount);
  });

  it.each<readonly [string, JsonObject, string | undefined]>([
    ['the name of an owner without an address', { FirstName: 'Ana', LastName: 'Example' }, 'Ana Example'],
    ['no owner without address and name', {}, undefined],
  ])('has %s', (_title, member, owner) => {
    const team = [{ BusinessTitle: 'OpportunityOwner', ...member }];
    expect(summaryMembersOf('opportunity', { OpportunityTeam: team }).owner).toBe(owner);
  });

  it('loses all of it to an erasure', () => {
    const payload = { ...opportunityPayload({ nextSteps: 'Call' }), PartnerOpportunityIdentifier: 'CRM-1' };
    expect(membersOf('opportunity', erasePayload(payload))).toEqual({});
  });
});

describe('the summary of an AWS-side summary', () => {
  it("has AWS's score, account owner, next steps and the origin", () => {
    const payload = {
      ...awsSummaryPayload({ engagementScore: 'High', lifeCycle: { NextSteps: 'Wait' } }),
      OpportunityTeam: [
        teamMember('AWSSalesRep', 'sales@aws.example.com', 'Ana'),
        teamMember('AWSAccountOwner', 'account@aws.example.com', 'Li'),
      ],
    };
    expect(membersOf('aws-opportunity-summary', payload)).toEqual({
      amount: 12_000,
      currency: 'USD',
      nextSteps: 'Wait',
      score: 'High',
      accountManager: 'account@aws.example.com',
      origin: 'Partner Referral',
    });
  });

  it('names the sales representative if there is no account owner, and else no account manager', () => {
    expect(managerOf('AWS Sales Rep')).toBe('sales@aws.example.com');
    expect(managerOf('PDM')).toBeUndefined();
  });
});

describe('the summary of an invitation', () => {
  it('has the expected spend, and loses it to a redaction', () => {
    expect(membersOf('engagement-invitation', invitationPayload())).toEqual({
      amount: 12_000,
      currency: 'USD',
    });
    expect(membersOf('engagement-invitation', redactPayload(invitationPayload()))).toEqual({});
  });
});

describe('changedPathsOf', () => {
  it('names the changed members without values', () => {
    const changes = [
      { path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' },
      { path: '/Notes' },
    ];
    expect(changedPathsOf(changes)).toEqual({ paths: ['/LifeCycle/Stage', '/Notes'] });
    expect(changedPathsOf([])).toEqual({});
  });

  it('names the first 20 of many changes and counts them all', () => {
    const changes = Array.from({ length: 21 }, (_, index) => ({ path: `/${index}${'x'.repeat(200)}` }));
    const { paths = [], changeCount } = changedPathsOf(changes);
    expect([paths.length, changeCount]).toEqual([20, 21]);
    expect(paths.every((path) => path.length === 100)).toBe(true);
  });
});
