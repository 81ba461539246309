import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import type { Random } from '../seeded-random.ts';
import { dayMs, toNanosecond } from './aws-timestamps.ts';
import { type Deal, spendOf, toCustomer } from './opportunity-body.ts';

export type InvitationPayloadType = 'OpportunityInvitation' | 'LeadInvitation';

/** One side of an invitation. */
export interface Party {
  readonly accountId: string;
  readonly companyName: string;
  readonly websiteUrl: string;
}

export interface NewInvitation {
  readonly catalog: string;
  readonly id: string;
  readonly engagementId: string;
  readonly payloadType: InvitationPayloadType;
  readonly sender: Party;
  readonly receiver: Party;
  /** The partner's side of the invitation. */
  readonly participantType: 'SENDER' | 'RECEIVER';
  readonly nowMs: number;
  readonly random: Random;
}

/** AWS has this account id instead of twelve digits. */
export const aws: Party = { accountId: 'aws', companyName: 'AWS', websiteUrl: 'www.aws.com' };
/** Another partner, which forwards leads. Recorded website URLs are sometimes the text "null". */
export const anotherPartner: Party = {
  accountId: '444455556666',
  companyName: 'AnyCompany Consulting',
  websiteUrl: 'null',
};

const lead = {
  expiresAfterMs: 5 * 365 * dayMs,
  message: 'We have a lead that matches your expertise. Would you like to work on it with us?',
};
const referral = {
  expiresAfterMs: 15 * dayMs,
  message: 'Accept this invitation to add the opportunity to your pipeline.',
};

/** The answer of GetEngagementInvitation and the `engagementInvitation` of its Created event. */
export function newInvitation(deal: Deal, props: NewInvitation): { body: JsonObject; announced: JsonObject } {
  const { sender, receiver } = props;
  const isLead = props.payloadType === 'LeadInvitation';
  const { expiresAfterMs, message } = isLead ? lead : referral;
  const arn = `arn:aws:partnercentral:us-east-1::catalog/${props.catalog}/engagement-invitation/${props.id}`;
  const expirationDate = toNanosecond(props.nowMs + expiresAfterMs, props.random);
  const body = {
    Arn: arn,
    Catalog: props.catalog,
    EngagementDescription: deal.problem,
    EngagementId: props.engagementId,
    EngagementTitle: deal.title,
    ExistingMembers: [{ CompanyName: sender.companyName, WebsiteUrl: sender.websiteUrl }],
    // The API returns null for a lead, although the event of the lead carries a date.
    ExpirationDate: isLead ? null : expirationDate,
    Id: props.id,
    InvitationDate: toNanosecond(props.nowMs, props.random),
    InvitationMessage: message,
    Payload: isLead ? leadPayload(deal) : opportunityPayload(deal),
    PayloadType: props.payloadType,
    Receiver: {
      Account: { Alias: isLead ? null : receiver.companyName, AwsAccountId: receiver.accountId },
    },
    RejectionReason: null,
    SenderAwsAccountId: sender.accountId,
    SenderCompanyName: sender.companyName,
    Status: 'PENDING',
  };
  const announced = {
    arn,
    id: props.id,
    engagementId: props.engagementId,
    senderAccountId: sender.accountId,
    receiverAccountId: receiver.accountId,
    senderCompanyName: sender.companyName,
    expirationDate,
    // The documentation has Sender and Receiver; recorded events have upper case.
    participantType: props.participantType,
    payloadType: props.payloadType,
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
      Customer: toCustomer(deal),
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
      Customer: { AwsMaturity: 'Evaluating', ...toCustomer(deal), MarketSegment: 'Enterprise' },
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
