import { describe, expect, it } from 'vitest';
import { filterWarnings } from '../../../bin/pcr/endpoints/filter-warnings.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';

const warningsOf = (filter: JsonObject, topics: readonly string[] = ['*']): string =>
  filterWarnings({ id: 'ep_crm', filter, topics }).join('\n');

describe('filterWarnings', () => {
  it.each<[what: string, filter: JsonObject]>([
    ['a type', { type: ['opportunity.updated'] }],
    ['a topic', { data: { topics: ['opportunity.stage_changed'] } }],
    ['a member of an opportunity', { data: { record: { LifeCycle: { Stage: ['Qualified'] } } } }],
    [
      'an amount in a list',
      { data: { record: { Project: { ExpectedCustomerSpend: { Amount: [{ numeric: ['>', 100_000] }] } } } } },
    ],
    [
      'a member of an invitation',
      { data: { record: { Payload: { LeadInvitation: { Customer: { CountryCode: ['US'] } } } } } },
    ],
    ['a member that only the AWS-side summary has', { data: { record: { InvolvementType: ['Co-Sell'] } } }],
    ['members of an engagement', { data: { record: { EngagementMemberList: { AccountId: ['aws'] } } } }],
    ['the value of a change', { data: { changes: { path: ['/LifeCycle/Stage'], after: ['Qualified'] } } }],
    ['a value that AWS may add', { data: { record: { LifeCycle: { Stage: ['Some new stage'] } } } }],
    ['a member that must be absent', { data: { record: { NoSuchMember: [{ exists: false }] } } }],
    ['an operator on a type', { type: [{ prefix: 'nothing' }] }],
    ['one alternative that may match', { $or: [{ type: ['nothing'] }, { data: { version: [1] } }] }],
  ])('says nothing about %s', (_, filter) => {
    expect(warningsOf(filter)).toBe('');
  });

  it.each<[filter: JsonObject, expected: string]>([
    [{ detail: { record: ['x'] } }, 'a message has no member detail; it has type, timestamp, data'],
    [{ data: { Record: { Id: ['O1'] } } }, 'data has no member Record; did you mean record?'],
    [
      { data: { record: { Lifecycle: { Stage: ['Qualified'] } } } },
      'data.record has no member Lifecycle; did you mean LifeCycle?',
    ],
    [
      { data: { record: { LifeCycle: { stage: ['Qualified'] } } } },
      'data.record.LifeCycle has no member stage; did you mean Stage?',
    ],
    [{ data: { kind: { is: ['opportunity'] } } }, 'data.kind has no members, so there is no data.kind.is'],
    [{ type: ['opportunity.update'] }, 'type is never opportunity.update; it is one of opportunity.created'],
    [{ data: { topics: ['stage_changed'] } }, 'data.topics is never stage_changed'],
    [{ data: { kind: ['Opportunity'] } }, 'data.kind is never Opportunity; it is one of opportunity'],
    [{ $or: [{ type: ['nothing'] }, { data: { nothing: ['x'] } }] }, 'data has no member nothing'],
  ])('names what is wrong with %j', (filter, expected) => {
    expect(warningsOf(filter)).toContain(`the filter of ep_crm matches no message: `);
    expect(warningsOf(filter)).toContain(expected);
  });

  it('notices types that the topics of the endpoint exclude', () => {
    const filter = { type: ['opportunity.updated'] };
    expect(warningsOf(filter, ['engagement_invitation.*'])).toContain(
      'the endpoint asks for the topics engagement_invitation.*, and none is of type opportunity.updated',
    );
    expect(warningsOf(filter, ['opportunity.stage_changed'])).toBe('');
    expect(warningsOf(filter, ['opportunity.*'])).toBe('');
  });

  it('says nothing about an endpoint without a filter', () => {
    expect(filterWarnings({ id: 'ep_crm', topics: ['*'] })).toEqual([]);
  });
});
