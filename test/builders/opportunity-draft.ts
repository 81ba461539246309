import { isJsonObject, type Json, type JsonObject } from '../../lambdas/core/json.ts';
import { applyMergePatch } from '../../lambdas/core/merge-patch.ts';
import { parsePointer } from '../../lambdas/core/pointer-selection.ts';

/** An opportunity before its submission, with every member that the rules know and allow. */
export function completeDraft(patch: JsonObject = {}): JsonObject {
  return applyMergePatch(draft, patch);
}

/** The draft with another value at a path; undefined removes it. `*` is the first element. */
export function withValue(path: string, value: Json | undefined, body: JsonObject = draft): JsonObject {
  const changed = valueWith(parsePointer(path), value, body);
  return isJsonObject(changed) ? changed : {};
}

function valueWith(
  [step, ...rest]: readonly string[],
  value: Json | undefined,
  around: Json | undefined,
): Json | undefined {
  if (step === undefined) return value;
  if (step === '*') {
    const first = valueWith(rest, value, Array.isArray(around) ? around[0] : undefined);
    return first === undefined ? [] : [first];
  }
  const { [step]: inner, ...others } = isJsonObject(around) ? around : {};
  const changed = valueWith(rest, value, inner);
  return changed === undefined ? others : { ...others, [step]: changed };
}

/** The patch that sets a value: the list around it as a whole. */
export function patchOf(path: string, value: Json): JsonObject {
  const [whole = ''] = path.split('/*');
  const changed = path.includes('/*') ? memberOf(withValue(path, value), whole) : value;
  return withValue(whole, changed, {});
}

export function memberOf(body: JsonObject, path: string): Json {
  return parsePointer(path).reduce<Json>(
    (value, step) => (isJsonObject(value) ? (value[step] ?? null) : null),
    body,
  );
}

const draft: JsonObject = {
  Arn: 'arn:aws:partnercentral:us-east-1:111122223333:catalog/AWS/opportunity/O1234567',
  Catalog: 'AWS',
  CreatedDate: '2026-02-01T10:00:00Z',
  Customer: {
    Account: {
      Address: {
        City: 'Seattle',
        CountryCode: 'US',
        PostalCode: '98101',
        StateOrRegion: 'Washington',
        StreetAddress: '1 Example Street',
      },
      AwsAccountId: '111122223333',
      CompanyName: 'Example Corp',
      Duns: '123456789',
      Industry: 'Retail',
      OtherIndustry: 'Kiosks',
      WebsiteUrl: 'https://www.example.com',
    },
    Contacts: [
      {
        BusinessTitle: 'Director',
        Email: 'jane@example.com',
        FirstName: 'Jane',
        LastName: 'Example',
        Phone: '+14155550100',
      },
    ],
  },
  Id: 'O1234567',
  LastModifiedDate: '2026-02-01T10:00:00.250Z',
  LifeCycle: {
    NextSteps: 'Call the customer',
    NextStepsHistory: [{ Time: '2026-02-01T10:00:00Z', Value: 'Call the customer' }],
    ReviewComments: 'Well described',
    ReviewStatus: 'Pending Submission',
    ReviewStatusReason: 'New',
    Stage: 'Prospect',
    TargetCloseDate: '2026-09-30',
  },
  Marketing: {
    AwsFundingUsed: 'No',
    CampaignName: 'Spring',
    Channels: ['Email'],
    Source: 'Marketing Activity',
    UseCases: ['Analytics'],
  },
  NationalSecurity: 'No',
  OpportunityTeam: [{ Email: 'owner@partner.example.com' }],
  OpportunityType: 'Net New Business',
  PartnerOpportunityIdentifier: 'CRM-10023',
  PrimaryNeedsFromAws: ['Co-Sell - Deal Support'],
  Project: {
    AdditionalComments: 'The customer decides in May',
    ApnPrograms: ['Well-Architected'],
    AwsPartition: 'aws-eusc', // cspell:disable-line
    CompetitorName: 'On-Prem',
    CustomerBusinessProblem: 'The present system cannot grow with the business any further.',
    CustomerUseCase: 'Migration / Database Migration',
    DeliveryModels: ['SaaS or PaaS'],
    ExpectedContractDuration: { Term: 'Months', Value: '12' },
    ExpectedCustomerSpend: [
      {
        Amount: '12000',
        CurrencyCode: 'USD',
        EstimationUrl: `https://calculator.aws/#/estimate?id=${'0a'.repeat(20)}`,
        Frequency: 'Monthly',
        TargetCompany: 'AWS',
      },
    ],
    OtherCompetitorNames: 'Example Hosting',
    OtherSolutionDescription: 'Our data platform',
    RelatedOpportunityIdentifier: 'O7654321',
    SalesActivities: ['SOW Signed'],
    Title: 'Data platform',
  },
  RelatedEntityIdentifiers: { AwsProducts: [], Solutions: ['S-1234567'] },
  SoftwareRevenue: {
    DeliveryModel: 'Contract',
    EffectiveDate: '2026-10-01',
    ExpirationDate: '2027-09-30',
    Value: { Amount: '5000.00', CurrencyCode: 'USD' },
  },
};
