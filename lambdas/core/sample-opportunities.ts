import type { JsonObject } from './json.ts';
import {
  businessProblem,
  closeDay,
  customer,
  daysAfter,
  partnerAccountId,
  person,
  projectTitle,
  relatedIds,
  type Sample,
  spend,
} from './sample-parts.ts';

/** The answer of GetOpportunity, without null members. */
export function opportunitySample({ catalog, id, madeAt }: Sample): JsonObject {
  return {
    Arn: `arn:aws:partnercentral:us-east-1:${partnerAccountId}:catalog/${catalog}/opportunity/${id}`,
    Catalog: catalog,
    CreatedDate: `${daysAfter(madeAt, -30).slice(0, 19)}Z`,
    Customer: { Account: account, Contacts: contacts },
    Id: id,
    LastModifiedDate: madeAt,
    LifeCycle: {
      NextSteps: 'Agree on the scope of the migration.',
      ReviewStatus: 'Approved',
      Stage: 'Qualified',
      TargetCloseDate: closeDay(madeAt),
    },
    Marketing: { AwsFundingUsed: 'No', CampaignName: 'Example campaign', Source: 'Marketing Activity' },
    NationalSecurity: 'No',
    OpportunityTeam: [person('Martha', 'martha@partner.example.com', 'Opportunity Owner')],
    OpportunityType: 'Net New Business',
    PartnerOpportunityIdentifier: 'deal-4711',
    PrimaryNeedsFromAws: ['Co-Sell - Architectural Validation'],
    Project: {
      CustomerBusinessProblem: businessProblem,
      CustomerUseCase: 'Migration / Database Migration',
      DeliveryModels: ['SaaS or PaaS'],
      ExpectedCustomerSpend: spend('12000.00'),
      SalesActivities: ['Initialized discussions with customer'],
      Title: projectTitle,
    },
    RelatedEntityIdentifiers: {
      AwsMarketplaceOfferSets: [],
      AwsMarketplaceOffers: [
        'arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/Offer/offer-example1',
      ],
      AwsProducts: ['AmazonAurora'],
      Solutions: [relatedIds.solution],
    },
  };
}

/** The answer of GetAwsOpportunitySummary. */
export function summarySample({ catalog, id, madeAt }: Sample): JsonObject {
  return {
    Catalog: catalog,
    CosellMotion: 'Co-Sell',
    Customer: { Contacts: contacts },
    Insights: {
      EngagementScore: 'High',
      NextBestActions: 'Invite the customer to a workshop.',
      OpportunityQuality: { Score: 80, Trend: 'Improving' },
    },
    InvolvementType: 'Co-Sell',
    LifeCycle: {
      NextSteps: 'Meet the customer with the partner.',
      Stage: 'Qualify',
      TargetCloseDate: closeDay(madeAt),
    },
    OpportunityTeam: [person('Paulo', 'paulo@aws.example.com', 'AWSSalesRep')],
    Origin: 'Partner Referral',
    Project: { ExpectedCustomerSpend: spend('12000.00') },
    RelatedEntityIds: { AwsProducts: ['AmazonAurora'], Solutions: [relatedIds.solution] },
    RelatedOpportunityId: id,
    Visibility: 'Full',
  };
}

const contacts = [person('Nikki', 'nikki@example.com', 'Head of Platform')];

const account = {
  Address: { City: 'Seattle', CountryCode: 'US', PostalCode: '98101', StateOrRegion: 'Washington' },
  CompanyName: customer.CompanyName,
  Industry: customer.Industry,
  WebsiteUrl: customer.WebsiteUrl,
};
