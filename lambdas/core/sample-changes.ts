import type { JsonObject } from './json.ts';
import type { Topic } from './message-type.ts';
import type { ReminderTopic } from './reminder-rule.ts';
import { spend } from './sample-parts.ts';

/** A topic of versions that change the payload. */
export type ChangeTopic = Exclude<
  Topic,
  | `command.${string}`
  | `${string}.created`
  | `${string}.linked`
  | 'engagement_invitation.expiring'
  | 'opportunity.reminder'
  | ReminderTopic
>;

/**
 * What the payload was before the sample, and what it is, both as JSON merge patches of the usual
 * payload. Null: the member is absent.
 */
interface SampleChange {
  readonly before: JsonObject;
  readonly after?: JsonObject;
}

const stageChange = { before: { LifeCycle: { Stage: 'Prospect' } } };
const closeDateChange = { before: { LifeCycle: { TargetCloseDate: '2026-01-31' } } };
const spendChange = { before: { Project: { ExpectedCustomerSpend: spend('9000.00') } } };
const teamChange = { before: { OpportunityTeam: [] } };
const contactsChange = { before: { Customer: { Contacts: [] } } };
const acceptance = { before: {}, after: { Status: 'ACCEPTED' } };

export const sampleChanges: Readonly<Record<ChangeTopic, SampleChange>> = {
  'opportunity.updated': stageChange,
  'opportunity.stage_changed': stageChange,
  'opportunity.review_status_changed': { before: { LifeCycle: { ReviewStatus: 'In review' } } },
  'opportunity.target_close_date_changed': closeDateChange,
  'opportunity.next_steps_changed': { before: { LifeCycle: { NextSteps: 'Meet the customer.' } } },
  'opportunity.expected_spend_changed': spendChange,
  'opportunity.team_changed': teamChange,
  'opportunity.solutions_changed': { before: { RelatedEntityIdentifiers: { Solutions: [] } } },
  'opportunity.products_changed': { before: { RelatedEntityIdentifiers: { AwsProducts: [] } } },
  'opportunity.offers_changed': { before: { RelatedEntityIdentifiers: { AwsMarketplaceOffers: [] } } },
  'opportunity.marketing_changed': { before: { Marketing: { CampaignName: null, Source: 'None' } } },
  'opportunity.contacts_changed': contactsChange,
  'aws_opportunity_summary.updated': stageChange,
  'aws_opportunity_summary.stage_changed': stageChange,
  'aws_opportunity_summary.next_steps_changed': { before: { LifeCycle: { NextSteps: null } } },
  'aws_opportunity_summary.target_close_date_changed': closeDateChange,
  'aws_opportunity_summary.involvement_changed': { before: { InvolvementType: 'For Visibility Only' } },
  'aws_opportunity_summary.cosell_motion_changed': { before: { CosellMotion: null } },
  'aws_opportunity_summary.insights_changed': { before: { Insights: { EngagementScore: 'Low' } } },
  'aws_opportunity_summary.quality_changed': { before: { Insights: { OpportunityQuality: { Score: 60 } } } },
  'aws_opportunity_summary.team_changed': teamChange,
  'aws_opportunity_summary.expected_spend_changed': spendChange,
  'aws_opportunity_summary.solutions_changed': { before: { RelatedEntityIds: { Solutions: [] } } },
  'aws_opportunity_summary.products_changed': { before: { RelatedEntityIds: { AwsProducts: [] } } },
  'aws_opportunity_summary.contacts_changed': contactsChange,
  'engagement_invitation.updated': { before: { InvitationMessage: 'Please accept this invitation.' } },
  'engagement_invitation.accepted': acceptance,
  'engagement_invitation.rejected': {
    before: {},
    after: { RejectionReason: 'Customer problem unclear', Status: 'REJECTED' },
  },
  'engagement_invitation.expired': { before: {}, after: { Status: 'EXPIRED' } },
  'engagement_invitation.status_changed': acceptance,
  'engagement.updated': { before: { Description: 'The customer looks for a data platform.' } },
  'engagement.contexts_changed': { before: { Contexts: [] } },
  'engagement.members_changed': { before: { EngagementMemberList: [], MemberCount: 0 } },
};
