import { describe, expect, it } from 'vitest';
import { clientWarnings } from '../../../bin/pcr/clients/client-warnings.ts';
import type { Client } from '../../../lambdas/core/client.ts';
import { signingClient } from '../../builders/clients.ts';

// cspell:ignore companyname
const warningsOf = (members: Partial<Client>) =>
  clientWarnings(signingClient({ actions: ['opportunity.update'], ...members }));

const warningAbout = (actions: string) =>
  `client crm: its writable and never leave nothing that this release knows for ${actions} to change: such commands are refused`;

describe('clientWarnings, about pointers', () => {
  it.each([
    '/LifeCycle',
    '/LifeCycle/Stage',
    '/LifeCycle/*',
    '/Customer/Contacts/*/Email',
    '/Customer/Contacts/0/Email',
    '/*/Contacts/*/Email',
    // Requests that create an opportunity have it, and nothing is known about its members.
    '/Tags/*/Value',
    // Of an invitation, of an engagement and of the AWS-side summary.
    '/Payload/LeadInvitation/Customer/CompanyName',
    '/Contexts/*/Payload/Lead/Interactions/*/Contact/Email',
    '/EngagementMemberList/*/AccountId',
    '/Insights/AwsProductsSpendInsightsBySource/AWS/TotalAmountByCategory/Compute',
  ])('says nothing about the known %s', (pointer) => {
    expect(warningsOf({ never: [pointer] })).toEqual([]);
  });

  it.each([
    ['/Lifecycle/Stage', '; did you mean /LifeCycle/Stage?'],
    ['/LifeCycle/Stages', '; did you mean /LifeCycle/Stage?'],
    ['/customer/account/companyname', '; did you mean /Customer/Account/CompanyName?'],
    ['/Customer/Contacts/Email', '; did you mean /Customer/Contacts/*/Email?'],
    ['/LifeCycle/*/Stage', '; did you mean /LifeCycle/Stage?'],
    ['/Stage', '; did you mean /LifeCycle/Stage?'],
    ['/Project/SomethingElseEntirely', ''],
    ['/LifeCycle/Stage/Name', ''],
  ])('names the unknown %s, and a similar one', (pointer, advice) => {
    expect(warningsOf({ never: ['/Project/Title', pointer] })).toEqual([
      `client crm never[1]: "${pointer}" matches no member of a record that this release knows${advice}`,
    ]);
    expect(warningsOf({ writable: ['/Project', pointer] })).toEqual([
      `client crm writable[1]: "${pointer}" matches no member of a record that this release knows${advice}`,
    ]);
  });
});

describe('clientWarnings, about actions', () => {
  it('says if a client may change nothing', () => {
    expect(warningsOf({ writable: ['/LifeCycle/Stage'], never: ['/LifeCycle'] })).toEqual([
      warningAbout('opportunity.update'),
    ]);
    expect(warningsOf({ writable: [] })).toEqual([warningAbout('opportunity.update')]);
    // UpdateOpportunity does not take it.
    expect(warningsOf({ writable: ['/Origin'] })).toEqual([warningAbout('opportunity.update')]);
  });

  it.each<[Client['actions'], Partial<Client>]>([
    [['engagement.update_context'], { never: ['/Contexts/*/Payload'] }],
    [['invitation.accept', 'invitation.reject', 'lead.accept'], { writable: ['/LifeCycle'] }],
    [['lead.to_opportunity'], { never: ['/Contexts/*/Payload/Lead'] }],
    [['opportunity.assign'], { never: ['/OpportunityTeam/*/Email'] }],
    [['opportunity.associate', 'opportunity.disassociate'], { never: ['/RelatedEntityIdentifiers'] }],
    [['opportunity.create'], { writable: ['/Status'] }],
    [['opportunity.submit'], { never: ['/LifeCycle/ReviewStatus'] }],
  ])('names %s if nothing is left to change', (actions, pointers) => {
    expect(warningsOf({ actions, ...pointers })).toEqual([warningAbout(actions.join(', '))]);
    expect(warningsOf({ actions })).toEqual([]);
  });

  it('says nothing if something is left', () => {
    expect(warningsOf({ writable: ['/LifeCycle'], never: ['/LifeCycle/Stage'] })).toEqual([]);
    const associate = { actions: ['opportunity.associate'] } as const;
    expect(warningsOf({ ...associate, writable: ['/RelatedEntityIdentifiers/Solutions'] })).toEqual([]);
  });

  it('says if an approval is about an action that the client does not have', () => {
    expect(warningsOf({ approval: ['opportunity.update', 'opportunity.create'] })).toEqual([
      'client crm approval[1]: "opportunity.create" is not one of its actions, so it has no such commands; its actions: opportunity.update',
    ]);
    expect(warningsOf({ approval: 'always' })).toEqual([]);
  });
});
