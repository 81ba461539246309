import type { RecordKind } from './record.ts';

/** Names of lists of members that an endpoint can redact. */
export const profiles = ['personal-data'] as const;
export type Profile = (typeof profiles)[number];

export function isProfile(text: string): text is Profile {
  return profiles.some((profile) => profile === text);
}

const nextSteps = ['/LifeCycle/NextSteps', '/LifeCycle/NextStepsHistory/*/Value'];
const spend = [
  '/Project/ExpectedCustomerSpend/*/Amount',
  '/Project/ExpectedCustomerSpend/*/CurrencyCode',
  // The URL alone opens the estimate.
  '/Project/ExpectedCustomerSpend/*/EstimationUrl',
];
const revenue = ['/SoftwareRevenue/Value/Amount', '/SoftwareRevenue/Value/CurrencyCode'];

/**
 * Members of each kind of record about people, customers and their business, by JSON Pointer; `*`
 * is any element or member. These are the members that the API model calls sensitive, and the free
 * text, partner's own ids, names and amounts beside them. A list or object that holds little else
 * is listed as a whole. Ids of AWS, dates, stages and status are not listed.
 */
export const personalData: Readonly<Record<RecordKind, readonly string[]>> = {
  opportunity: [
    '/Customer/Account/CompanyName',
    '/Customer/Account/WebsiteUrl',
    '/Customer/Account/AwsAccountId',
    '/Customer/Account/Duns',
    '/Customer/Account/Address',
    '/Customer/Account/OtherIndustry',
    '/Customer/Contacts',
    '/OpportunityTeam',
    '/PartnerOpportunityIdentifier',
    '/Project/Title',
    '/Project/CustomerBusinessProblem',
    '/Project/CustomerUseCase',
    '/Project/OtherSolutionDescription',
    '/Project/OtherCompetitorNames',
    '/Project/AdditionalComments',
    ...spend,
    ...revenue,
    '/Marketing/CampaignName',
    '/LifeCycle/ReviewComments',
    '/LifeCycle/ReviewStatusReason',
    ...nextSteps,
  ],
  'aws-opportunity-summary': [
    '/Customer/Contacts',
    '/OpportunityTeam',
    ...spend,
    ...revenue,
    ...nextSteps,
    '/SoftwareRevenue/Discount',
    '/CosellMotionReason',
    '/Insights/NextBestActions',
    '/Insights/Recommendations',
    '/Insights/AwsProductsSpendInsightsBySource',
  ],
  'engagement-invitation': [
    '/SenderAwsAccountId',
    '/SenderCompanyName',
    '/EngagementTitle',
    '/EngagementDescription',
    '/InvitationMessage',
    '/Receiver/Account/Alias',
    '/Receiver/Account/AwsAccountId',
    '/ExistingMembers/*/CompanyName',
    '/ExistingMembers/*/WebsiteUrl',
    '/Payload/*/SenderContacts',
    '/Payload/*/Customer/CompanyName',
    '/Payload/*/Customer/WebsiteUrl',
    '/Payload/*/Customer/CountryCode',
    '/Payload/*/Project/Title',
    '/Payload/*/Project/BusinessProblem',
    ...spend.map((member) => `/Payload/*${member}`),
    '/Payload/*/Interaction/ContactBusinessTitle',
    '/Payload/*/Interaction/SourceName',
    '/EnrichmentContext/*/Customer/AccountName',
    '/EnrichmentContext/*/Customer/Country',
    '/EnrichmentContext/*/Customer/PublicProfileSummary',
  ],
  engagement: [
    '/Title',
    '/Description',
    '/CreatedBy',
    '/ModifiedBy',
    '/Contexts/*/Payload/*/Customer/CompanyName',
    '/Contexts/*/Payload/*/Customer/WebsiteUrl',
    '/Contexts/*/Payload/*/Customer/CountryCode',
    '/Contexts/*/Payload/*/Customer/Address',
    '/Contexts/*/Payload/*/Project/Title',
    '/Contexts/*/Payload/*/Project/BusinessProblem',
    '/Contexts/*/Payload/*/Interactions/*/Contact',
    '/Contexts/*/Payload/*/Interactions/*/BusinessProblem',
    '/Contexts/*/Payload/*/Interactions/*/SourceName',
    '/Contexts/*/Payload/*/Aws/Customer/AccountName',
    '/Contexts/*/Payload/*/Aws/Customer/Country',
    '/Contexts/*/Payload/*/Aws/Customer/PublicProfileSummary',
    // The partner chooses it, and may name it after a customer.
    '/Contexts/*/Payload/*/Aws/TaskName',
    '/EngagementMemberList/*/CompanyName',
    '/EngagementMemberList/*/WebsiteUrl',
    '/EngagementMemberList/*/AccountId',
  ],
  // A command's record has no values.
  command: [],
};
