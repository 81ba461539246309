import { sha256 } from '../../../lambdas/core/digest.ts';
import { at, isJsonArray, type Json, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { between, characters, pick, type Random } from '../seeded-random.ts';
import { dayMs, toDay, toMillisecond, toSecond } from './aws-timestamps.ts';
import { type WriteDeal, writeOddDeal } from './deal-texts.ts';

/** The data that an opportunity shares with the invitation that led to it. */
export interface Deal {
  readonly companyName: string;
  readonly industry: string;
  readonly websiteUrl: string;
  readonly title: string;
  readonly problem: string;
  /** US dollars a month, as text. */
  readonly amount: string;
  readonly closeDate: string;
}

export const industries = [
  'Healthcare',
  'Manufacturing',
  'Retail',
  'Software and Internet',
  'Financial Services',
];

/** @param write makes the texts. The random numbers are the same for all kinds of texts. */
export function generateDeal(random: Random, nowMs: number, write: WriteDeal = writeOddDeal): Deal {
  const industry = pick(random, industries);
  const site = characters(random, 'abcdefghijklmnopqrstuvwxyz', 6);
  const project = pick(random, [
    'Data platform',
    'Contact centre',
    'SAP migration',
    'Fraud detection',
    'Disaster recovery',
  ]);
  return {
    ...write({ site, industry, project }),
    industry,
    amount: String(between(random, 10, 900) * 100),
    closeDate: toDay(nowMs + between(random, 30, 300) * dayMs),
  };
}

export function spendOf(amount: string): Json {
  return [
    { Amount: amount, CurrencyCode: 'USD', EstimationUrl: null, Frequency: 'Monthly', TargetCompany: 'AWS' },
  ];
}

/** The customer in the form of engagements and invitations. */
export function toCustomer(deal: Deal): JsonObject {
  return {
    CompanyName: deal.companyName,
    CountryCode: 'US',
    Industry: deal.industry,
    WebsiteUrl: deal.websiteUrl,
  };
}

/** The same customer as an account that AWS and the partner plan together. */
export function toCustomerAccount(deal: Deal): JsonObject {
  const AccountIdentifier = `cust-acc-${sha256(deal.websiteUrl).slice(0, 13)}`;
  return { AccountIdentifier, Customer: toCustomer(deal) };
}

/** Reads the deal from the body of an opportunity. */
export function dealOf(body: JsonObject): Deal {
  const text = (...path: readonly string[]) => textAt(body, ...path) ?? '';
  const spend = at(body, 'Project', 'ExpectedCustomerSpend');
  return {
    companyName: text('Customer', 'Account', 'CompanyName'),
    industry: text('Customer', 'Account', 'Industry'),
    websiteUrl: text('Customer', 'Account', 'WebsiteUrl'),
    title: text('Project', 'Title'),
    problem: text('Project', 'CustomerBusinessProblem'),
    amount: (isJsonArray(spend) && textAt(spend[0], 'Amount')) || '0',
    closeDate: text('LifeCycle', 'TargetCloseDate'),
  };
}

interface Origin {
  readonly catalog: string;
  readonly id: string;
  readonly accountId: string;
  readonly nowMs: number;
  readonly reviewStatus: 'Pending Submission' | 'Approved';
  /** Ids of the solutions. */
  readonly solutions: Json;
}

/** The answer of GetOpportunity. As recorded, members are sorted and absent members are null. */
export function opportunityBody(deal: Deal, origin: Origin): JsonObject {
  return {
    Arn: `arn:aws:partnercentral:us-east-1:${origin.accountId}:catalog/${origin.catalog}/opportunity/${origin.id}`,
    Catalog: origin.catalog,
    CreatedDate: toSecond(origin.nowMs),
    Customer: { Account: accountOf(deal), Contacts: [] },
    Id: origin.id,
    LastModifiedDate: toMillisecond(origin.nowMs),
    LifeCycle: {
      ClosedLostReason: null,
      NextSteps: null,
      NextStepsHistory: null,
      ReviewComments: null,
      ReviewStatus: origin.reviewStatus,
      ReviewStatusReason: null,
      Stage: 'Prospect',
      TargetCloseDate: deal.closeDate,
    },
    Marketing: { AwsFundingUsed: null, CampaignName: null, Channels: null, Source: 'None', UseCases: null },
    NationalSecurity: 'No',
    OpportunityTeam: [teamMember('Opportunity Owner', 'owner@partner.example.com', 'Martha')],
    OpportunityType: 'Net New Business',
    PartnerOpportunityIdentifier: null,
    PrimaryNeedsFromAws: ['Co-Sell - Architectural Validation'],
    Project: projectOf(deal),
    RelatedEntityIdentifiers: {
      AwsMarketplaceOfferSets: [],
      AwsMarketplaceOffers: [],
      AwsProducts: [],
      Solutions: origin.solutions,
    },
    SoftwareRevenue: null,
  };
}

function accountOf(deal: Deal): Json {
  return {
    Address: {
      City: null,
      CountryCode: 'US',
      PostalCode: '98101',
      StateOrRegion: 'Washington',
      StreetAddress: null,
    },
    AwsAccountId: null,
    CompanyName: deal.companyName,
    Duns: null,
    Industry: deal.industry,
    OtherIndustry: null,
    WebsiteUrl: deal.websiteUrl,
  };
}

function projectOf(deal: Deal): Json {
  return {
    AdditionalComments: null,
    ApnPrograms: null,
    AwsPartition: null,
    CompetitorName: null,
    CustomerBusinessProblem: deal.problem,
    CustomerUseCase: 'Migration / Database Migration',
    DeliveryModels: ['SaaS or PaaS'],
    ExpectedCustomerSpend: spendOf(deal.amount),
    OtherCompetitorNames: null,
    OtherSolutionDescription: null,
    RelatedOpportunityIdentifier: null,
    SalesActivities: null,
    Title: deal.title,
  };
}

/** The answer of GetAwsOpportunitySummary, which AWS maintains. It has no modification date. */
export function awsSummaryBody(
  opportunity: { readonly catalog: string; readonly id: string },
  origin: 'AWS Referral' | 'Partner Referral',
): JsonObject {
  return {
    Catalog: opportunity.catalog,
    CosellMotion: null,
    Customer: { Contacts: [] },
    Insights: { AwsProductsSpendInsightsBySource: null, EngagementScore: 'Low', NextBestActions: null },
    InvolvementType: 'Co-Sell',
    InvolvementTypeChangeReason: null,
    LifeCycle: {
      ClosedLostReason: null,
      NextSteps: null,
      NextStepsHistory: null,
      Stage: 'Not Started',
      TargetCloseDate: null,
    },
    OpportunityTeam: [teamMember('Partner Development Manager', 'pdm@aws.example.com', 'Paulo')],
    Origin: origin,
    Project: { AwsPartition: null, ExpectedCustomerSpend: null },
    RelatedEntityIds: { AwsProducts: [], Solutions: [] },
    RelatedOpportunityId: opportunity.id,
    SoftwareRevenue: null,
    Visibility: 'Full',
  };
}

function teamMember(title: string, email: string, firstName: string): Json {
  return { BusinessTitle: title, Email: email, FirstName: firstName, LastName: 'Example', Phone: null };
}
