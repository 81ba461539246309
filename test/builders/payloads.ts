import { type Json, type JsonObject, omitNulls } from '../../lambdas/core/json.ts';

// Bodies in recorded shapes: members in alphabetical order, absent ones as null. All names are made
// up.

export interface OpportunityOptions {
  readonly catalog?: string;
  readonly id?: string;
  /** With 0 to 9 fraction digits, as AWS sends it. */
  readonly lastModifiedDate?: Json;
  readonly stage?: string;
  readonly reviewStatus?: string;
  readonly targetCloseDate?: Json;
  readonly nextSteps?: Json;
  readonly title?: Json;
  readonly companyName?: Json;
  /** US dollars a month, as text. */
  readonly amount?: string;
  readonly partnerId?: string;
}

/** The answer of GetOpportunity. An omitted option gets an example, null stays null. */
export function opportunityBody(options: OpportunityOptions = {}): JsonObject {
  const { catalog = 'AWS', id = 'O1234567', title = 'Data platform', companyName = 'Example Corp' } = options;
  const {
    lastModifiedDate = '2026-03-01T10:00:00.123Z',
    targetCloseDate = '2026-09-30',
    nextSteps = null,
  } = options;
  return {
    Arn: `arn:aws:partnercentral:us-east-1:111122223333:catalog/${catalog}/opportunity/${id}`,
    Catalog: catalog,
    CreatedDate: '2026-02-01T09:00:00Z',
    Customer: { Account: account(companyName), Contacts: [] },
    Id: id,
    LastModifiedDate: lastModifiedDate,
    LifeCycle: {
      ClosedLostReason: null,
      NextSteps: nextSteps,
      NextStepsHistory: null,
      ReviewComments: null,
      ReviewStatus: options.reviewStatus ?? 'Submitted',
      ReviewStatusReason: null,
      Stage: options.stage ?? 'Prospect',
      TargetCloseDate: targetCloseDate,
    },
    Marketing: { AwsFundingUsed: null, CampaignName: null, Channels: null, Source: 'None', UseCases: null },
    NationalSecurity: 'No',
    OpportunityTeam: [teamMember('Opportunity Owner', 'owner@partner.example.com', 'Martha')],
    OpportunityType: 'Net New Business',
    PartnerOpportunityIdentifier: options.partnerId ?? null,
    PrimaryNeedsFromAws: ['Co-Sell - Architectural Validation'],
    Project: project(title, options.amount ?? '12000'),
    RelatedEntityIdentifiers: {
      AwsMarketplaceOfferSets: [],
      AwsMarketplaceOffers: [],
      AwsProducts: [],
      Solutions: ['S-1234567'],
    },
    SoftwareRevenue: null,
  };
}

/** The stored form. */
export function opportunityPayload(options: OpportunityOptions = {}): JsonObject {
  return omitNulls(opportunityBody(options));
}

export interface SummaryOptions {
  readonly catalog?: string;
  readonly opportunityId?: string;
  /** Recorded as null until AWS sets it. */
  readonly lifeCycle?: JsonObject | null;
  readonly involvementType?: string;
  readonly engagementScore?: Json;
}

/** The answer of GetAwsOpportunitySummary, which has neither a modification date nor an ARN. */
export function awsSummaryBody(options: SummaryOptions = {}): JsonObject {
  return {
    Catalog: options.catalog ?? 'AWS',
    Customer: { Contacts: [] },
    Insights: {
      AwsProductsSpendInsightsBySource: null,
      EngagementScore: options.engagementScore ?? null,
      NextBestActions: null,
    },
    InvolvementType: options.involvementType ?? 'Co-Sell',
    InvolvementTypeChangeReason: null,
    LifeCycle: options.lifeCycle ?? null,
    OpportunityTeam: [teamMember('Partner Development Manager', 'pdm@aws.example.com', 'Paulo')],
    Origin: 'Partner Referral',
    Project: { AwsPartition: null, ExpectedCustomerSpend: [spend('12000')] },
    RelatedEntityIds: { AwsProducts: [], Solutions: [] },
    RelatedOpportunityId: options.opportunityId ?? 'O1234567',
    Visibility: 'Full',
  };
}

export function awsSummaryPayload(options: SummaryOptions = {}): JsonObject {
  return omitNulls(awsSummaryBody(options));
}

function account(companyName: Json): JsonObject {
  return {
    Address: {
      City: null,
      CountryCode: 'US',
      PostalCode: '98101',
      StateOrRegion: 'Washington',
      StreetAddress: null,
    },
    AwsAccountId: null,
    CompanyName: companyName,
    Duns: null,
    Industry: 'Retail',
    OtherIndustry: null,
    WebsiteUrl: 'https://www.example.com',
  };
}

function project(title: Json, amount: string): JsonObject {
  return {
    AdditionalComments: null,
    ApnPrograms: null,
    AwsPartition: null,
    CompetitorName: null,
    CustomerBusinessProblem: 'The present system cannot grow with the business any further.',
    CustomerUseCase: 'Migration / Database Migration',
    DeliveryModels: ['SaaS or PaaS'],
    ExpectedCustomerSpend: [spend(amount)],
    OtherCompetitorNames: null,
    OtherSolutionDescription: null,
    RelatedOpportunityIdentifier: null,
    SalesActivities: null,
    Title: title,
  };
}

export function spend(amount: string): JsonObject {
  return {
    Amount: amount,
    CurrencyCode: 'USD',
    EstimationUrl: null,
    Frequency: 'Monthly',
    TargetCompany: 'AWS',
  };
}

export function teamMember(title: string, email: string, firstName: string): JsonObject {
  return { BusinessTitle: title, Email: email, FirstName: firstName, LastName: 'Example', Phone: null };
}

/** Replaces a member, or removes it if the value is undefined. */
export function withMember(payload: JsonObject, name: string, value: Json | undefined): JsonObject {
  const { [name]: _, ...rest } = payload;
  return value === undefined ? rest : { ...rest, [name]: value };
}
