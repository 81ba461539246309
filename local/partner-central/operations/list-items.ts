import { at, isJsonArray, type Json, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { contextTypesIn } from '../model/engagement-body.ts';

/**
 * OpportunitySummary has no title, contacts or history. As in recordings of old opportunities,
 * only some items have an ARN.
 */
export function opportunityItem(body: JsonObject): JsonObject {
  const id = textAt(body, 'Id') ?? '';
  return {
    ...members(body, ['Catalog', 'CreatedDate']),
    Arn: /[13579]$/.test(id) ? null : (at(body, 'Arn') ?? null),
    Customer: { Account: accountItem(at(body, 'Customer', 'Account')) },
    ...members(body, ['Id', 'LastModifiedDate']),
    LifeCycle: members(at(body, 'LifeCycle'), [
      'ClosedLostReason',
      'NextSteps',
      'ReviewComments',
      'ReviewStatus',
      'ReviewStatusReason',
      'Stage',
      'TargetCloseDate',
    ]),
    ...members(body, ['OpportunityType', 'PartnerOpportunityIdentifier']),
    Project: {
      DeliveryModels: at(body, 'Project', 'DeliveryModels') ?? null,
      ExpectedCustomerSpend: spendItem(at(body, 'Project', 'ExpectedCustomerSpend')),
    },
  };
}

function accountItem(account: Json | undefined): JsonObject {
  const address = members(at(account, 'Address'), ['City', 'CountryCode', 'PostalCode', 'StateOrRegion']);
  return {
    Address: address,
    ...members(account, ['CompanyName', 'Industry', 'OtherIndustry', 'WebsiteUrl']),
  };
}

/** As recorded, a list prints `531.0` for the amount that GetOpportunity prints as `531`. */
function spendItem(spend: Json | undefined): Json {
  if (!isJsonArray(spend)) return null;
  return spend.map((each) => {
    const amount = textAt(each, 'Amount') ?? '';
    const Amount = /^\d+$/.test(amount) ? `${amount}.0` : amount;
    return { Amount, ...members(each, ['CurrencyCode', 'EstimationUrl', 'Frequency', 'TargetCompany']) };
  });
}

/**
 * EngagementInvitationSummary. A rejected invitation stays in the list, although reading it is
 * denied; this is an assumption that no recording verifies.
 */
export function invitationItem(body: JsonObject, participantType: 'SENDER' | 'RECEIVER'): JsonObject {
  return {
    ...members(body, ['Arn', 'Catalog', 'EngagementId', 'EngagementTitle', 'ExpirationDate', 'Id']),
    ...members(body, ['InvitationDate']),
    ParticipantType: participantType,
    ...members(body, ['PayloadType', 'Receiver', 'SenderAwsAccountId', 'SenderCompanyName', 'Status']),
  };
}

/** EngagementSummary. */
export function engagementItem(body: JsonObject): JsonObject {
  return {
    Arn: at(body, 'Arn') ?? null,
    ContextTypes: contextTypesIn(body),
    ...members(body, ['CreatedAt', 'CreatedBy', 'Id', 'MemberCount', 'ModifiedAt', 'ModifiedBy', 'Title']),
  };
}

/** Picks the named members; a missing member is null. */
function members(value: Json | undefined, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, at(value, name) ?? null]));
}
