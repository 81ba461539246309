import type { Instant } from './instant.ts';
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

/** The answer of GetEngagementInvitation, without null members. */
export function invitationSample({ catalog, id, madeAt }: Sample): JsonObject {
  return {
    Arn: `arn:aws:partnercentral:us-east-1::catalog/${catalog}/engagement-invitation/${id}`,
    Catalog: catalog,
    EngagementDescription: businessProblem,
    EngagementId: relatedIds.engagement,
    EngagementTitle: projectTitle,
    ExistingMembers: [{ CompanyName: 'AWS', WebsiteUrl: 'www.aws.com' }],
    ExpirationDate: daysAfter(madeAt, 2),
    Id: id,
    InvitationDate: daysAfter(madeAt, -13),
    InvitationMessage: 'Accept this invitation to add the opportunity to your pipeline.',
    Payload: { OpportunityInvitation: opportunityInvitation(madeAt) },
    PayloadType: 'OpportunityInvitation',
    Receiver: { Account: { Alias: 'Example Partner', AwsAccountId: partnerAccountId } },
    SenderAwsAccountId: 'aws',
    SenderCompanyName: 'AWS',
    Status: 'PENDING',
  };
}

/** The answer of GetEngagement with all members of ListEngagementMembers. */
export function engagementSample({ catalog, id, madeAt }: Sample): JsonObject {
  return {
    Arn: `arn:aws:partnercentral:us-east-1::catalog/${catalog}/engagement/${id}`,
    Contexts: [{ Id: '1', Payload: { CustomerProject: projectContext(madeAt) }, Type: 'CustomerProject' }],
    CreatedAt: daysAfter(madeAt, -30),
    CreatedBy: partnerAccountId,
    Description: businessProblem,
    EngagementMemberList: [
      {
        AccountId: partnerAccountId,
        CompanyName: 'Example Partner',
        WebsiteUrl: 'https://partner.example.com',
      },
      { AccountId: 'aws', CompanyName: 'AWS', WebsiteUrl: 'www.aws.com' },
    ],
    Id: id,
    MemberCount: 2,
    ModifiedAt: madeAt,
    ModifiedBy: partnerAccountId,
    Title: projectTitle,
  };
}

function opportunityInvitation(madeAt: Instant): JsonObject {
  const { Customer, Project } = projectContext(madeAt);
  return {
    Customer,
    Project: { ...Project, ExpectedCustomerSpend: spend('12000.00') },
    ReceiverResponsibilities: ['Services Partner'],
    SenderContacts: [person('Paulo', 'paulo@aws.example.com', 'Partner Development Manager')],
  };
}

function projectContext(madeAt: Instant) {
  const project = {
    BusinessProblem: businessProblem,
    TargetCompletionDate: closeDay(madeAt),
    Title: projectTitle,
  };
  return { Customer: customer, Project: project };
}
