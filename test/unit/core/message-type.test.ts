import { describe, expect, it } from 'vitest';
import { diff } from '../../../lambdas/core/change.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../lambdas/core/json.ts';
import {
  linkedTopics,
  type MessageType,
  messageTypeOf,
  topics,
  topicsOf,
} from '../../../lambdas/core/message-type.ts';
import type { RecordKind } from '../../../lambdas/core/record.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';

describe('messageTypeOf', () => {
  it.each<[RecordKind, number, string | undefined, string | undefined, MessageType]>([
    ['opportunity', 1, undefined, undefined, 'opportunity.created'],
    ['opportunity', 2, undefined, undefined, 'opportunity.updated'],
    ['aws-opportunity-summary', 1, undefined, undefined, 'aws_opportunity_summary.created'],
    ['aws-opportunity-summary', 7, undefined, undefined, 'aws_opportunity_summary.updated'],
    ['engagement-invitation', 1, undefined, 'PENDING', 'engagement_invitation.created'],
    ['engagement-invitation', 1, undefined, undefined, 'engagement_invitation.created'],
    ['engagement-invitation', 2, 'PENDING', 'PENDING', 'engagement_invitation.updated'],
    ['engagement-invitation', 2, 'PENDING', 'ACCEPTED', 'engagement_invitation.accepted'],
    ['engagement-invitation', 2, 'PENDING', 'REJECTED', 'engagement_invitation.rejected'],
    ['engagement-invitation', 2, 'PENDING', 'EXPIRED', 'engagement_invitation.expired'],
    // If Created was never delivered, the first known status is the final one.
    ['engagement-invitation', 1, undefined, 'EXPIRED', 'engagement_invitation.expired'],
    ['engagement-invitation', 3, 'ACCEPTED', 'ACCEPTED', 'engagement_invitation.updated'],
    ['engagement-invitation', 2, 'PENDING', 'WITHDRAWN', 'engagement_invitation.updated'],
    ['engagement-invitation', 2, 'PENDING', undefined, 'engagement_invitation.updated'],
    ['engagement', 1, undefined, undefined, 'engagement.created'],
    ['engagement', 2, undefined, undefined, 'engagement.updated'],
    ['command', 1, undefined, 'accepted', 'command.accepted'],
    ['command', 2, 'accepted', 'waiting', 'command.waiting'],
    ['command', 2, 'accepted', 'failed', 'command.failed'],
  ])('returns for %s version %i, from %s to %s: %s', (kind, version, before, after, type) => {
    expect(messageTypeOf(kind, version, before, after)).toBe(type);
  });

  it.each(['constructor', 'toString', '__proto__'])('treats the unknown status %s as an update', (after) => {
    expect(messageTypeOf('engagement-invitation', 2, 'PENDING', after)).toBe('engagement_invitation.updated');
  });
});

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The topics without the type. */
function changed(before: JsonObject, after: JsonObject, kind: RecordKind = 'opportunity'): string[] {
  return topicsOf(kind, messageTypeOf(kind, 2), diff(before, after)).slice(1);
}

describe('topicsOf', () => {
  const before = opportunityPayload();
  const customer = objectOf(before['Customer']);
  const related = (changes: JsonObject) => ({ ...objectOf(before['RelatedEntityIdentifiers']), ...changes });

  it.each<[string, JsonObject]>([
    ['opportunity.stage_changed', opportunityPayload({ stage: 'Qualified' })],
    ['opportunity.review_status_changed', opportunityPayload({ reviewStatus: 'Approved' })],
    ['opportunity.target_close_date_changed', opportunityPayload({ targetCloseDate: '2026-10-01' })],
    ['opportunity.next_steps_changed', opportunityPayload({ nextSteps: 'Send the offer' })],
    ['opportunity.expected_spend_changed', opportunityPayload({ amount: '13000' })],
    ['opportunity.team_changed', { ...before, OpportunityTeam: [] }],
    [
      'opportunity.solutions_changed',
      { ...before, RelatedEntityIdentifiers: related({ Solutions: ['S-9'] }) },
    ],
    [
      'opportunity.products_changed',
      { ...before, RelatedEntityIdentifiers: related({ AwsProducts: ['A'] }) },
    ],
    [
      'opportunity.offers_changed',
      {
        ...before,
        RelatedEntityIdentifiers: related({ AwsMarketplaceOffers: ['a'], AwsMarketplaceOfferSets: ['b'] }),
      },
    ],
    ['opportunity.marketing_changed', { ...before, Marketing: { Source: 'Marketing Activity' } }],
    [
      'opportunity.contacts_changed',
      { ...before, Customer: { ...customer, Contacts: [{ Email: 'contact@example.com' }] } },
    ],
  ])('returns %s alone', (topic, after) => {
    expect(changed(before, after)).toEqual([topic]);
    expect(changed(after, before)).toEqual([topic]);
  });

  it('returns the topic of each changed member once, after the type', () => {
    const after = opportunityPayload({ stage: 'Closed Lost', targetCloseDate: null, amount: '1' });
    expect(topicsOf('opportunity', 'opportunity.updated', diff(before, after))).toEqual([
      'opportunity.updated',
      'opportunity.stage_changed',
      'opportunity.target_close_date_changed',
      'opportunity.expected_spend_changed',
    ]);
  });

  it('returns no topic for a member whose name only begins alike', () => {
    expect(changed({ LifeCycle: { StageHistory: 1 } }, { LifeCycle: { StageHistory: 2 } })).toEqual([]);
    expect(changed(before, { ...before, LastModifiedDate: '2026-03-02T10:00:00Z' })).toEqual([]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['stage_changed', { LifeCycle: { Stage: 'Qualified' } }, { LifeCycle: { Stage: 'Committed' } }],
    ['next_steps_changed', { LifeCycle: {} }, { LifeCycle: { NextSteps: 'Call' } }],
    ['target_close_date_changed', { LifeCycle: { TargetCloseDate: '2026-09-30' } }, { LifeCycle: {} }],
    ['involvement_changed', { InvolvementType: 'Co-Sell' }, { InvolvementType: 'For Visibility Only' }],
    ['insights_changed', { Insights: {} }, { Insights: { EngagementScore: 'High' } }],
    ['cosell_motion_changed', {}, { CosellMotion: 'Partner led' }],
    ['cosell_motion_changed', { CosellMotionReason: 'One' }, { CosellMotionReason: 'Another' }],
    ['team_changed', { OpportunityTeam: [] }, { OpportunityTeam: [{ FirstName: 'Paulo' }] }],
    [
      'expected_spend_changed',
      { Project: { ExpectedCustomerSpend: [] } },
      { Project: { ExpectedCustomerSpend: [{ Amount: '1' }] } },
    ],
    ['solutions_changed', {}, { RelatedEntityIds: { Solutions: ['S-1'] } }],
    ['products_changed', {}, { RelatedEntityIds: { AwsProducts: ['A'] } }],
    ['contacts_changed', {}, { Customer: { Contacts: [{ Email: 'contact@example.com' }] } }],
  ])('returns %s for the AWS-side summary', (topic, from, to) => {
    expect(changed(from, to, 'aws-opportunity-summary')).toEqual([`aws_opportunity_summary.${topic}`]);
  });

  it('returns the topic of the quality beside that of the insights', () => {
    const quality = { Insights: { OpportunityQuality: { Score: 80 } } };
    expect(changed({ Insights: {} }, quality, 'aws-opportunity-summary')).toEqual([
      'aws_opportunity_summary.insights_changed',
      'aws_opportunity_summary.quality_changed',
    ]);
  });

  it('returns the stage topic if the whole life cycle appears or disappears', () => {
    const filled = awsSummaryPayload({ lifeCycle: { Stage: 'Qualified' } });
    expect(changed(awsSummaryPayload(), filled, 'aws-opportunity-summary')).toEqual([
      'aws_opportunity_summary.stage_changed',
    ]);
    expect(changed(filled, awsSummaryPayload(), 'aws-opportunity-summary')).toEqual([
      'aws_opportunity_summary.stage_changed',
    ]);
  });

  it.each<[string, JsonObject]>([
    ['contexts_changed', engagementPayload({ contexts: [] })],
    ['members_changed', { ...engagementPayload(), EngagementMemberList: [{ AccountId: '444455556666' }] }],
  ])('returns %s for an engagement', (topic, after) => {
    expect(changed(engagementPayload(), after, 'engagement')).toEqual([`engagement.${topic}`]);
  });

  it('returns the status topic of an invitation', () => {
    const changes = diff({ Status: 'PENDING', A: 1 }, { Status: 'ACCEPTED', A: 2 });
    expect(topicsOf('engagement-invitation', 'engagement_invitation.accepted', changes)).toEqual([
      'engagement_invitation.accepted',
      'engagement_invitation.status_changed',
    ]);
  });
});

describe('topics', () => {
  it('lists each type and each topic once', () => {
    expect(new Set(topics).size).toBe(topics.length);
    expect(topics).toHaveLength(19 + 11 + 12 + 1 + 2 + 3 + 4);
    expect(topics).toEqual(
      expect.arrayContaining([
        'opportunity.created',
        'opportunity.team_changed',
        'engagement_invitation.status_changed',
        'engagement_invitation.expiring',
        'opportunity.idle',
        ...Object.values(linkedTopics),
      ]),
    );
  });
});
