import { type Json, type JsonObject, omitNulls } from '../../lambdas/core/json.ts';
import { spend, teamMember } from './payloads.ts';

export interface InvitationOptions {
  readonly catalog?: string;
  readonly id?: string;
  readonly engagementId?: Json;
  readonly status?: Json;
  readonly expirationDate?: Json;
  readonly title?: string;
  readonly companyName?: string;
}

/**
 * The answer of GetEngagementInvitation for a referral by AWS, whose account is `aws`, not twelve
 * digits.
 */
export function referralInvitationBody(options: InvitationOptions = {}): JsonObject {
  const { title = 'Data platform' } = options;
  return invitationBody(options, 'OpportunityInvitation', {
    OpportunityInvitation: {
      Customer: customer(options),
      Project: {
        BusinessProblem: 'The present system cannot grow with the business any further.',
        ExpectedCustomerSpend: [spend('12000')],
        TargetCompletionDate: '2026-12-31',
        Title: title,
      },
      ReceiverResponsibilities: ['Services Partner'],
      SenderContacts: [teamMember('PDM', 'pdm@aws.example.com', 'Paulo')],
    },
  });
}

/** The answer for a lead. Recorded without an expiration date, although its event has one. */
export function leadInvitationBody(options: InvitationOptions = {}): JsonObject {
  return invitationBody({ expirationDate: null, ...options }, 'LeadInvitation', {
    LeadInvitation: {
      Customer: { AwsMaturity: 'Evaluating', ...customer(options), MarketSegment: 'Enterprise' },
      Interaction: {
        ContactBusinessTitle: 'Head of Platform',
        SourceId: 'EXAMPLE-7',
        SourceName: 'Example campaign',
        SourceType: 'Campaign',
        Usecase: 'Database',
      },
    },
  });
}

export function invitationPayload(options: InvitationOptions = {}): JsonObject {
  return omitNulls(referralInvitationBody(options));
}

function invitationBody(options: InvitationOptions, payloadType: string, payload: JsonObject): JsonObject {
  const { catalog = 'AWS', id = 'engi-abcdefgh12345', engagementId = 'eng-abcdefgh123456' } = options;
  const {
    expirationDate = '2026-03-16T10:00:00.123456789Z',
    status = 'PENDING',
    title = 'Data platform',
  } = options;
  return {
    Arn: `arn:aws:partnercentral:us-east-1::catalog/${catalog}/engagement-invitation/${id}`,
    Catalog: catalog,
    EngagementDescription: 'The present system cannot grow with the business any further.',
    EngagementId: engagementId,
    EngagementTitle: title,
    // Recorded: the text "null" instead of null.
    ExistingMembers: [{ CompanyName: 'AnyCompany Consulting', WebsiteUrl: 'null' }],
    ExpirationDate: expirationDate,
    Id: id,
    InvitationDate: '2026-03-01T10:00:00.123456789Z',
    InvitationMessage: 'Accept this invitation to add the opportunity to your pipeline.',
    Payload: payload,
    PayloadType: payloadType,
    Receiver: { Account: { Alias: null, AwsAccountId: '111122223333' } },
    RejectionReason: null,
    SenderAwsAccountId: 'aws',
    SenderCompanyName: 'AWS',
    Status: status,
  };
}

function customer({ companyName = 'Example Corp' }: InvitationOptions): JsonObject {
  return {
    CompanyName: companyName,
    CountryCode: 'US',
    Industry: 'Retail',
    WebsiteUrl: 'https://www.example.com',
  };
}
