import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { Random } from '../seeded-random.ts';
import { dayMs, toNanosecond } from './aws-timestamps.ts';
import { type Deal, spendOf, toCustomer, toCustomerAccount } from './opportunity-body.ts';

export type InvitationPayloadType = 'OpportunityInvitation' | 'LeadInvitation' | 'AccountPlanningInvitation';

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
const anotherPartner: Party = {
  accountId: '444455556666',
  companyName: 'AnyCompany Consulting',
  websiteUrl: 'null',
};

interface InvitationForm {
  /** Who sends it to the partner. */
  readonly sentBy: Party;
  readonly expiresAfterMs: number;
  readonly message: string;
  readonly payload: (deal: Deal) => JsonObject;
}

export const invitationForms: Readonly<Record<InvitationPayloadType, InvitationForm>> = {
  OpportunityInvitation: {
    sentBy: aws,
    expiresAfterMs: 15 * dayMs,
    message: 'Accept this invitation to add the opportunity to your pipeline.',
    payload: opportunityPayload,
  },
  LeadInvitation: {
    sentBy: anotherPartner,
    expiresAfterMs: 5 * 365 * dayMs,
    message: 'We have a lead that matches your expertise. Would you like to work on it with us?',
    payload: leadPayload,
  },
  // Only its payload is documented. The rest is assumed to be as for an opportunity.
  AccountPlanningInvitation: {
    sentBy: aws,
    expiresAfterMs: 15 * dayMs,
    message: 'Would you like to plan the work with this customer together?',
    payload: accountPayload,
  },
};

/** The answer of GetEngagementInvitation and the `engagementInvitation` of its Created event. */
export function newInvitation(deal: Deal, props: NewInvitation): { body: JsonObject; announced: JsonObject } {
  const { sender, receiver } = props;
  const isLead = props.payloadType === 'LeadInvitation';
  const { expiresAfterMs, message, payload } = invitationForms[props.payloadType];
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
    Payload: { [props.payloadType]: payload(deal) },
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

const senderContact = {
  BusinessTitle: 'PDM',
  Email: 'pdm@aws.example.com',
  FirstName: 'Paulo',
  LastName: 'Example',
};

function opportunityPayload(deal: Deal): JsonObject {
  return {
    Customer: toCustomer(deal),
    Project: {
      BusinessProblem: deal.problem,
      ExpectedCustomerSpend: spendOf(deal.amount),
      TargetCompletionDate: deal.closeDate,
      Title: deal.title,
    },
    ReceiverResponsibilities: ['Services Partner', 'Software Partner'],
    SenderContacts: [{ ...senderContact, Phone: null }],
  };
}

function leadPayload(deal: Deal): JsonObject {
  return {
    Customer: { AwsMaturity: 'Evaluating', ...toCustomer(deal), MarketSegment: 'Enterprise' },
    Interaction: {
      ContactBusinessTitle: 'Head of Platform',
      SourceId: 'EXAMPLE-7',
      SourceName: 'Example campaign',
      SourceType: 'Campaign',
      Usecase: 'Database',
    },
  };
}

function accountPayload(deal: Deal): JsonObject {
  return {
    ...toCustomerAccount(deal),
    PreferredContact: { Timezone: 'Europe/Berlin', Window: 'MORNING' },
    SenderContacts: [{ ...senderContact, Phone: '+15555550100' }],
  };
}
