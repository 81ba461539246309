import { at, isJsonArray, type Json, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { isSameJson } from '../../lambdas/core/json-text.ts';
import type { MemberTopic } from '../../lambdas/core/message-type.ts';
import { dayMs, parseEpochMs, toDay } from '../partner-central/model/aws-timestamps.ts';
import { spendOf } from '../partner-central/model/opportunity-body.ts';
import { openStages } from '../partner-central/model/opportunity-changes.ts';

/** Returns a patch after which the members of a topic differ from those of the body. */
type MemberChange = (body: JsonObject, nowMs: number) => JsonObject;

export type OpportunityTopic = Extract<MemberTopic, `opportunity.${string}`>;
export type SummaryTopic = Extract<MemberTopic, `aws_opportunity_summary.${string}`>;

/** Sets a member to the value after its present one, from the last to the first again. */
function cycle(path: readonly string[], ...values: readonly Json[]): MemberChange {
  return (body) => {
    const present = at(body, ...path) ?? null;
    const index = values.findIndex((value) => isSameJson(value, present));
    return nest(path, values[(index + 1) % values.length] ?? null);
  };
}

function nest([name = '', ...rest]: readonly string[], value: Json): JsonObject {
  return { [name]: rest.length === 0 ? value : nest(rest, value) };
}

const closeDate = ['LifeCycle', 'TargetCloseDate'];
const laterCloseDate: MemberChange = (body, nowMs) =>
  nest(closeDate, toDay(parseEpochMs(at(body, ...closeDate), nowMs) + 14 * dayMs));

const spend = ['Project', 'ExpectedCustomerSpend'];
const moreSpend: MemberChange = (body) => {
  const present = at(body, ...spend);
  const amount = isJsonArray(present) ? Number(textAt(present[0], 'Amount') ?? 0) : 0;
  return nest(spend, spendOf(String(amount + 1_000)));
};

const person = (FirstName: string, Email: string, BusinessTitle: string): JsonObject => ({
  BusinessTitle,
  Email,
  FirstName,
  LastName: 'Example',
  Phone: null,
});
const owner = person('Martha', 'owner@partner.example.com', 'Opportunity Owner');
const manager = person('Paulo', 'pdm@aws.example.com', 'Partner Development Manager');
const seller = person('Ana', 'seller@example.com', 'Partner Account Manager');
const contacts: readonly Json[] = [[person('Nikki', 'nikki@customer.example.com', 'Head of Platform')], []];
const nextSteps: readonly Json[] = ['Plan the workshop', 'Size the workload', 'Send the proposal'];
const products: readonly Json[] = [['AmazonAurora'], ['AmazonAurora', 'AmazonBedrock'], []];
const solutions: readonly Json[] = [['S-1234567'], ['S-1234567', 'S-2345678'], []];
const offer = 'arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/Offer/offer-example1';

/** AWS asks for the account of the customer before it takes a deal for launched. */
export const launchPatch: JsonObject = {
  Customer: { Account: { AwsAccountId: '777788889999' } },
  LifeCycle: { Stage: 'Launched' },
};

const nextStage: MemberChange = (body, nowMs) => {
  const isCommitted = textAt(body, 'LifeCycle', 'Stage') === openStages.at(-1);
  return isCommitted ? launchPatch : cycle(['LifeCycle', 'Stage'], ...openStages)(body, nowMs);
};

const marketing: readonly Json[] = [
  {
    AwsFundingUsed: 'No',
    CampaignName: 'Spring webinar',
    Channels: ['Email'],
    Source: 'Marketing Activity',
    UseCases: ['Migration'],
  },
  { AwsFundingUsed: null, CampaignName: null, Channels: null, Source: 'None', UseCases: null },
];

export const opportunityChanges: Readonly<Record<OpportunityTopic, MemberChange>> = {
  'opportunity.stage_changed': nextStage,
  'opportunity.review_status_changed': cycle(
    ['LifeCycle', 'ReviewStatus'],
    'Submitted',
    'In review',
    'Approved',
  ),
  'opportunity.target_close_date_changed': laterCloseDate,
  'opportunity.next_steps_changed': cycle(['LifeCycle', 'NextSteps'], ...nextSteps),
  'opportunity.expected_spend_changed': moreSpend,
  'opportunity.team_changed': cycle(['OpportunityTeam'], [owner, seller], [owner]),
  'opportunity.solutions_changed': cycle(['RelatedEntityIdentifiers', 'Solutions'], ...solutions),
  'opportunity.products_changed': cycle(['RelatedEntityIdentifiers', 'AwsProducts'], ...products),
  'opportunity.offers_changed': cycle(['RelatedEntityIdentifiers', 'AwsMarketplaceOffers'], [offer], []),
  'opportunity.marketing_changed': cycle(['Marketing'], ...marketing),
  'opportunity.contacts_changed': cycle(['Customer', 'Contacts'], ...contacts),
};

export const summaryChanges: Readonly<Record<SummaryTopic, MemberChange>> = {
  'aws_opportunity_summary.stage_changed': cycle(
    ['LifeCycle', 'Stage'],
    'Identified',
    'Engaged',
    'Evaluating',
    'Term Sheet Negotiation',
  ),
  'aws_opportunity_summary.next_steps_changed': cycle(['LifeCycle', 'NextSteps'], ...nextSteps),
  'aws_opportunity_summary.target_close_date_changed': laterCloseDate,
  'aws_opportunity_summary.involvement_changed': cycle(['InvolvementType'], 'For Visibility Only', 'Co-Sell'),
  'aws_opportunity_summary.cosell_motion_changed': cycle(['CosellMotion'], 'Partner led', 'AWS led'),
  'aws_opportunity_summary.insights_changed': cycle(['Insights', 'EngagementScore'], 'Low', 'Medium', 'High'),
  'aws_opportunity_summary.quality_changed': cycle(
    ['Insights', 'OpportunityQuality'],
    { Score: 60, Trend: 'Improving' },
    { Score: 80, Trend: 'Improving' },
  ),
  'aws_opportunity_summary.team_changed': cycle(['OpportunityTeam'], [manager, seller], [manager]),
  'aws_opportunity_summary.expected_spend_changed': moreSpend,
  'aws_opportunity_summary.solutions_changed': cycle(['RelatedEntityIds', 'Solutions'], ...solutions),
  'aws_opportunity_summary.products_changed': cycle(['RelatedEntityIds', 'AwsProducts'], ...products),
  'aws_opportunity_summary.contacts_changed': cycle(['Customer', 'Contacts'], ...contacts),
};
