import type { Json, JsonObject } from '../../lambdas/core/json.ts';
import { dayMs, toNanosecond } from './aws-timestamps.ts';
import { type Deal, spendOf } from './opportunity-body.ts';
import type { Random } from './seeded-random.ts';

export type InvitationPayloadType = 'OpportunityInvitation' | 'LeadInvitation';

export interface NewInvitation {
  readonly catalog: string;
  readonly id: string;
  readonly engagementId: string;
  readonly payloadType: InvitationPayloadType;
  readonly receiverAccountId: string;
  readonly nowMs: number;
  readonly random: Random;
}

const lead = {
  expiresAfterMs: 5 * 365 * dayMs,
  senderAccountId: '444455556666',
  senderName: 'AnyCompany Consulting',
  message: 'We have a lead that matches your expertise. Would you like to work on it with us?',
};
const referral = {
  expiresAfterMs: 15 * dayMs,
  // AWS itself appears under this name, not under twelve digits.
  senderAccountId: 'aws',
  senderName: 'AWS',
  message: 'Accept this invitation to add the opportunity to your pipeline.',
};

/** The answer of GetEngagementInvitation and the `engagementInvitation` of its Created event. */
export function newInvitation(deal: Deal, made: NewInvitation): { body: JsonObject; announced: JsonObject } {
  const isLead = made.payloadType === 'LeadInvitation';
  const sender = isLead ? lead : referral;
  const arn = `arn:aws:partnercentral:us-east-1::catalog/${made.catalog}/engagement-invitation/${made.id}`;
  const expirationDate = toNanosecond(made.nowMs + sender.expiresAfterMs, made.random);
  const body = {
    Arn: arn,
    Catalog: made.catalog,
    EngagementDescription: deal.problem,
    EngagementId: made.engagementId,
    EngagementTitle: deal.title,
    ExistingMembers: [{ CompanyName: sender.senderName, WebsiteUrl: isLead ? 'null' : 'www.aws.com' }],
    // The API answers null for a lead although its event carries a date.
    ExpirationDate: isLead ? null : expirationDate,
    Id: made.id,
    InvitationDate: toNanosecond(made.nowMs, made.random),
    InvitationMessage: sender.message,
    Payload: isLead ? leadPayload(deal) : opportunityPayload(deal),
    PayloadType: made.payloadType,
    Receiver: { Account: { Alias: isLead ? null : 'Example Partner', AwsAccountId: made.receiverAccountId } },
    RejectionReason: null,
    SenderAwsAccountId: sender.senderAccountId,
    SenderCompanyName: sender.senderName,
    Status: 'PENDING',
  };
  const announced = {
    arn,
    id: made.id,
    engagementId: made.engagementId,
    senderAccountId: sender.senderAccountId,
    receiverAccountId: made.receiverAccountId,
    senderCompanyName: sender.senderName,
    expirationDate,
    // The documentation prints Receiver; the recorded event says RECEIVER.
    participantType: 'RECEIVER',
    payloadType: made.payloadType,
  };
  return { body, announced };
}

function opportunityPayload(deal: Deal): Json {
  const contact = {
    BusinessTitle: 'PDM',
    Email: 'pdm@aws.example.com',
    FirstName: 'Paulo',
    LastName: 'Example',
    Phone: null,
  };
  return {
    OpportunityInvitation: {
      Customer: { ...customerOf(deal) },
      Project: {
        BusinessProblem: deal.problem,
        ExpectedCustomerSpend: spendOf(deal.amount),
        TargetCompletionDate: deal.closeDate,
        Title: deal.title,
      },
      ReceiverResponsibilities: ['Services Partner', 'Software Partner'],
      SenderContacts: [contact],
    },
  };
}

function leadPayload(deal: Deal): Json {
  return {
    LeadInvitation: {
      Customer: { AwsMaturity: 'Evaluating', ...customerOf(deal), MarketSegment: 'Enterprise' },
      Interaction: {
        ContactBusinessTitle: 'Head of Platform',
        SourceId: 'EXAMPLE-7',
        SourceName: 'Example campaign',
        SourceType: 'Campaign',
        Usecase: 'Database',
      },
    },
  };
}

function customerOf(deal: Deal): JsonObject {
  return {
    CompanyName: deal.companyName,
    CountryCode: 'US',
    Industry: deal.industry,
    WebsiteUrl: deal.websiteUrl,
  };
}
