// cspell:words BYOL eusc
import * as v from 'valibot';
import { creationMembers, readOnlyMembers } from '../model/opportunity-write.ts';
import { atMost, catalog, date, day, opportunityId } from './requests.ts';

// Written without the rules in lambdas/core, as are opportunity-rules.ts and united-states.ts: a
// test compares both, and finds what only one of them has.
//
// The members, patterns and enums of the service model. Members that the model does not know
// are accepted, because the service has some that are newer.

const text = (most: number, least = 0) =>
  v.nullish(v.pipe(v.string(), v.minLength(least), v.maxLength(most)));
const matching = (pattern: RegExp) => v.nullish(v.pipe(v.string(), v.regex(pattern)));
const oneOf = (...values: readonly [string, ...string[]]) => v.nullish(v.picklist(values));
const members = <T extends v.ObjectEntries>(entries: T) => v.nullish(v.looseObject(entries));

const amount = /^((0|([1-9]\d{0,30}))(\.\d{0,2})?)?$/;
const currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/));
const email = matching(
  /^(?=.{0,80}$)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i,
);

const contact = v.looseObject({
  Email: email,
  FirstName: text(80),
  LastName: text(80),
  BusinessTitle: text(80),
  Phone: matching(/^\+[1-9]\d{1,14}$/),
});

/** AssigneeContact: every member but the phone is required. */
export const assignee = v.looseObject({
  Email: v.nonNullish(email),
  FirstName: v.nonNullish(text(80)),
  LastName: v.nonNullish(text(80)),
  BusinessTitle: v.nonNullish(text(80)),
  Phone: matching(/^\+[1-9]\d{1,14}$/),
});

const account = members({
  Industry: oneOf(
    'Aerospace',
    'Agriculture',
    'Automotive',
    'Computers and Electronics',
    'Consumer Goods',
    'Education',
    'Energy - Oil and Gas',
    'Energy - Power and Utilities',
    'Financial Services',
    'Gaming',
    'Government',
    'Healthcare',
    'Hospitality',
    'Life Sciences',
    'Manufacturing',
    'Marketing and Advertising',
    'Media and Entertainment',
    'Mining',
    'Non-Profit Organization',
    'Professional Services',
    'Real Estate and Construction',
    'Retail',
    'Software and Internet',
    'Telecommunications',
    'Transportation and Logistics',
    'Travel',
    'Wholesale and Distribution',
    'Other',
  ),
  OtherIndustry: text(255),
  CompanyName: v.pipe(v.string(), v.maxLength(120)),
  WebsiteUrl: text(255, 4),
  AwsAccountId: matching(/^(\d{12}|\w{1,12})$/),
  Address: members({
    City: text(255),
    PostalCode: text(20),
    StateOrRegion: v.nullish(v.string()),
    CountryCode: matching(/^[A-Z]{2}$/),
    StreetAddress: text(255),
  }),
  Duns: matching(/^\d{9}$/),
});

const project = members({
  DeliveryModels: v.nullish(
    v.array(
      v.picklist([
        'SaaS or PaaS',
        'BYOL or AMI',
        'Managed Services',
        'Professional Services',
        'Resell',
        'Other',
      ]),
    ),
  ),
  ExpectedCustomerSpend: atMost(
    10,
    v.looseObject({
      Amount: matching(amount),
      CurrencyCode: currency,
      Frequency: v.picklist(['Monthly']),
      TargetCompany: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
      EstimationUrl: v.nullish(v.string()),
    }),
  ),
  ExpectedContractDuration: members({ Term: v.picklist(['Months']), Value: v.string() }),
  Title: text(255),
  ApnPrograms: v.nullish(v.array(v.string())),
  CustomerBusinessProblem: text(2_000, 20),
  CustomerUseCase: v.nullish(v.string()),
  RelatedOpportunityIdentifier: v.nullish(opportunityId),
  SalesActivities: v.nullish(
    v.array(
      v.picklist([
        'Initialized discussions with customer',
        'Customer has shown interest in solution', // cspell:disable-line
        'Conducted POC / Demo',
        'In evaluation / planning stage',
        'Agreed on solution to Business Problem',
        'Completed Action Plan',
        'Finalized Deployment Need',
        'SOW Signed',
      ]),
    ),
  ),
  CompetitorName: oneOf(
    'Oracle Cloud',
    'On-Prem',
    'Co-location',
    'Akamai',
    'AliCloud',
    'Google Cloud Platform',
    'IBM Softlayer',
    'Microsoft Azure',
    'Other- Cost Optimization',
    'No Competition',
    '*Other',
  ),
  OtherCompetitorNames: text(255),
  OtherSolutionDescription: text(255),
  AdditionalComments: text(255, 1),
  AwsPartition: oneOf('aws-eusc'),
});

const lifeCycle = members({
  Stage: oneOf(
    'Prospect',
    'Qualified',
    'Technical Validation',
    'Business Validation',
    'Committed',
    'Launched',
    'Closed Lost',
  ),
  ClosedLostReason: oneOf(
    'Customer Deficiency',
    'Delay / Cancellation of Project',
    'Legal / Tax / Regulatory',
    'Lost to Competitor - Google',
    'Lost to Competitor - Microsoft',
    'Lost to Competitor - SoftLayer',
    'Lost to Competitor - VMWare',
    'Lost to Competitor - Other',
    'No Opportunity',
    'On Premises Deployment',
    'Partner Gap',
    'Price',
    'Security / Compliance',
    'Technical Limitations',
    'Customer Experience',
    'Other',
    'People/Relationship/Governance',
    'Product/Technology',
    'Financial/Commercial',
  ),
  NextSteps: text(255),
  TargetCloseDate: v.nullish(day),
  ReviewStatus: oneOf(
    'Pending Submission',
    'Submitted',
    'In review',
    'Approved',
    'Rejected',
    'Action Required',
  ),
  ReviewComments: v.nullish(v.string()),
  ReviewStatusReason: v.nullish(v.string()),
  NextStepsHistory: atMost(50, v.looseObject({ Value: v.string(), Time: date })),
});

const primaryNeeds = [
  'Co-Sell - Architectural Validation',
  'Co-Sell - Business Presentation',
  'Co-Sell - Competitive Information',
  'Co-Sell - Pricing Assistance',
  'Co-Sell - Technical Consultation',
  'Co-Sell - Total Cost of Ownership Evaluation',
  'Co-Sell - Deal Support',
  'Co-Sell - Support for Public Tender / RFx',
] as const;

const opportunity = {
  Catalog: catalog,
  PrimaryNeedsFromAws: v.nullish(v.array(v.picklist(primaryNeeds))),
  NationalSecurity: oneOf('Yes', 'No'),
  PartnerOpportunityIdentifier: text(64),
  Customer: members({ Account: account, Contacts: v.nullish(v.array(contact)) }),
  Project: project,
  OpportunityType: oneOf('Net New Business', 'Flat Renewal', 'Expansion'),
  Marketing: members({
    CampaignName: v.nullish(v.string()),
    Source: oneOf('Marketing Activity', 'None'),
    UseCases: v.nullish(v.array(v.string())),
    Channels: v.nullish(v.array(v.string())),
    AwsFundingUsed: oneOf('Yes', 'No'),
  }),
  SoftwareRevenue: members({
    DeliveryModel: oneOf('Contract', 'Pay-as-you-go', 'Subscription'),
    Value: members({ Amount: v.pipe(v.string(), v.regex(amount)), CurrencyCode: currency }),
    EffectiveDate: v.nullish(day),
    ExpirationDate: v.nullish(day),
  }),
  LifeCycle: lifeCycle,
};

/** A member that a request must not have. */
const refused = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, v.optional(v.never('is not a member of the request'))]));

export const updateRequest = v.looseObject({
  ...opportunity,
  ...refused([...readOnlyMembers, ...creationMembers]),
  Identifier: opportunityId,
  LastModifiedDate: v.pipe(v.string(), v.isoTimestamp()),
});

const { OpportunityTeam: _, ...readOnlyAtCreation } = refused(readOnlyMembers);

export const createRequest = v.looseObject({
  ...opportunity,
  ...readOnlyAtCreation,
  ...refused(['Identifier', 'LastModifiedDate']),
  ClientToken: v.pipe(v.string(), v.regex(/^.{1,255}$/)),
  Origin: oneOf('AWS Referral', 'Partner Referral'),
  OpportunityTeam: atMost(10, contact),
});
