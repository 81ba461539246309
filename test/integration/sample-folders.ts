import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JsonObject } from '../../lambdas/core/json.ts';
import { engagementBody } from '../builders/engagement-payloads.ts';
import {
  engagementEvent,
  invitationEvent,
  opportunityEvent,
  partnerEvent,
  snapshotEvent,
  withValue,
} from '../builders/events.ts';
import { leadInvitationBody, referralInvitationBody } from '../builders/invitation-payloads.ts';
import { awsSummaryBody, opportunityBody } from '../builders/payloads.ts';

/** Files of a folder of recordings, by path: text as it is written, anything else as JSON. */
export type SampleFiles = Readonly<Record<string, unknown>>;

/** Writes a folder of recordings into the directory of temporary files. */
export function writeSampleFolder(files: SampleFiles): string {
  const folder = mkdtempSync(join(tmpdir(), 'samples-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    const text = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(join(folder, path), text ? content : JSON.stringify(content, null, 2));
  }
  return folder;
}

/** A recorded response, as Postman saves it. */
function recorded(body: unknown, code = 200): JsonObject {
  return { code, status: String(code), body: JSON.stringify(body, null, 4) };
}

const opportunityId = 'O7654321';
const invitationId = 'engi-bbbbbbbb12345';
const engagementId = 'eng-bbbbbbbb123456';
const createdOpportunity = opportunityEvent({ detailType: 'Opportunity Created', opportunityId });
const readOpportunity = {
  'responses/GetOpportunity.json': recorded(opportunityBody({ id: opportunityId })),
  'responses/GetAwsOpportunitySummary.json': recorded(awsSummaryBody({ opportunityId })),
};
const listedOpportunity = {
  'responses/ListOpportunities.json': recorded({
    NextToken: 'a page without a recording',
    OpportunitySummaries: [opportunityBody({ id: opportunityId })],
  }),
};
const invitation = (options: Parameters<typeof referralInvitationBody>[0] = {}) =>
  recorded(referralInvitationBody({ id: invitationId, engagementId, ...options }));
const invited = (detailType: string, payloadType = 'OpportunityInvitation') =>
  invitationEvent({ detailType, invitationId, payloadType });
const members = recorded({
  EngagementMemberList: [{ AccountId: 'aws', CompanyName: 'AWS' }],
  NextToken: null,
});
const failed = (name: string, code: number) =>
  recorded({ __type: `com.amazonaws.partnercentralselling#${name}`, Message: 'refused' }, code);

/** A folder of recordings, and what the run must say about it. */
export interface SampleFolder {
  readonly files: SampleFiles;
  /** Lines that say what happened to events and records. */
  readonly says: readonly string[];
}

const stored = (path: string) => `${path} is stored, version 1`;

/** Folders by what is special about them. Nothing is lost or out of date in any of them. */
export const sampleFolders: Readonly<Record<string, SampleFolder>> = {
  'is empty': { files: {}, says: [] },
  'has empty folders of events and responses': {
    files: { 'events/README.txt': 'to be recorded', 'responses/.keep': '' },
    says: ['events/README.txt: not read, the name does not end in .json or .jsonc'],
  },
  'has events only': {
    files: {
      'events/opportunity.json': createdOpportunity,
      'events/engagement.json': engagementEvent({ detailType: 'Engagement Created', engagementId }),
      'events/invitation.json': invited('Engagement Invitation Created'),
    },
    says: ['opportunity', 'engagement', 'invitation'].map(
      (name) => `${name}.json: parked as partner-central.not-found`,
    ),
  },
  'has responses only, of reads that no list leads to': { files: readOpportunity, says: [] },
  'has a list of opportunities only': {
    files: listedOpportunity,
    says: [`ListOpportunities: AWS/opportunity/${opportunityId} cannot be read, so it is not stored`],
  },
  'has lists of each kind with the responses of what they list': {
    files: {
      ...readOpportunity,
      ...listedOpportunity,
      'responses/GetEngagementInvitation.json': invitation(),
      'responses/ListEngagementInvitations.json': recorded({
        EngagementInvitationSummaries: [
          { Id: invitationId, Status: 'PENDING', ExpirationDate: '2020-01-01' },
        ],
      }),
      'responses/GetEngagement.json': recorded(engagementBody({ id: engagementId })),
      'responses/ListEngagementMembers.json': members,
      'responses/ListEngagements.json': recorded({
        EngagementSummaryList: [{ Id: engagementId, CreatedAt: '2026-03-01T09:00:00Z' }],
      }),
    },
    says: [
      `ListOpportunities: ${stored(`Sandbox/opportunity/${opportunityId}`)}`,
      `ListEngagementInvitations: ${stored(`AWS/engagement-invitation/${invitationId}`)}`,
      `ListEngagements: ${stored(`AWS/engagement/${engagementId}`)}`,
    ],
  },
  'has an opportunity in Pending Submission': {
    files: {
      ...readOpportunity,
      ...listedOpportunity,
      'responses/GetOpportunity.json': recorded(
        opportunityBody({ id: opportunityId, reviewStatus: 'Pending Submission' }),
      ),
      'events/created.json': createdOpportunity,
    },
    says: [`created.json: ${stored(`AWS/opportunity/${opportunityId}`)}`],
  },
  'has an opportunity without a recorded summary': {
    files: {
      'events/created.json': createdOpportunity,
      'responses/GetOpportunity.json': readOpportunity['responses/GetOpportunity.json'],
    },
    says: [`created.json: ${stored(`AWS/opportunity/${opportunityId}`)}`],
  },
  'has unknown detail-types, another catalog, another source and malformed events': {
    files: {
      'events/a-type.json': partnerEvent({ detailType: 'Solution Retired' }, { solution: { id: 'S-1' } }),
      'events/b-catalog.json': opportunityEvent({ catalog: 'Preview', opportunityId }),
      'events/c-source.json': withValue(createdOpportunity, '/source', 'aws.partnercentral-account'),
      'events/d-id.json': opportunityEvent({ opportunityId: 'opp-7' }),
      'events/e-time.json': opportunityEvent({ time: 'yesterday' }),
      'events/f-catalog.json': withValue(createdOpportunity, '/detail', { opportunity: {} }),
      'events/g-placeholder.json': withValue(
        invited('Engagement Invitation Created'),
        '/detail/engagementInvitation/senderAccountId',
        'string',
      ),
      'events/h-schema.json': withValue(createdOpportunity, '/detail/schemaVersion', '<version number>'),
      ...readOpportunity,
    },
    says: [
      'a-type.json: parked as event.unhandled',
      'b-catalog.json: parked as event.unhandled',
      'c-source.json: not for this stack, no rule takes the source "aws.partnercentral-account"',
      'd-id.json: parked as event.malformed',
      'e-time.json: parked as event.malformed',
      'f-catalog.json: parked as event.malformed',
      'g-placeholder.json: parked as event.malformed',
      `h-schema.json: ${stored(`AWS/opportunity/${opportunityId}`)}`,
    ],
  },
  'has events as the AWS CLI prints and takes them': {
    files: {
      'events/list.json': [createdOpportunity, [opportunityEvent({ opportunityId: 'O12' })]],
      'events/messages.json': {
        Messages: [{ MessageId: 'm', Body: JSON.stringify(opportunityEvent({ opportunityId: 'O13' })) }],
      },
      'events/logs.json': {
        events: [{ timestamp: 1, message: JSON.stringify(opportunityEvent({ opportunityId: 'O14' })) }],
      },
      'events/entries.json': {
        Entries: [
          {
            Source: 'aws.partnercentral-selling',
            DetailType: 'Opportunity Updated',
            Detail: JSON.stringify({ catalog: 'Sandbox', opportunity: { identifier: 'O15' } }),
          },
        ],
      },
      'events/comments.jsonc': `// recorded\n${JSON.stringify(opportunityEvent({ opportunityId: 'O16' }))}`,
      'events/powershell.json': Buffer.from(
        `\uFEFF${JSON.stringify(opportunityEvent({ opportunityId: 'O17' }))}`,
        'utf16le',
      ),
      ...readOpportunity,
    },
    says: [
      `list.json[0]: ${stored(`AWS/opportunity/${opportunityId}`)}`,
      `list.json[1][0]: ${stored('AWS/opportunity/O12')}`,
      `messages.json: ${stored('AWS/opportunity/O13')}`,
      `logs.json: ${stored('AWS/opportunity/O14')}`,
      `entries.json: ${stored('Sandbox/opportunity/O15')}`,
      `comments.jsonc: ${stored('AWS/opportunity/O16')}`,
      `powershell.json: ${stored('AWS/opportunity/O17')}`,
    ],
  },
  'has responses as the AWS CLI prints them': {
    files: {
      'events/created.json': createdOpportunity,
      'responses/get-opportunity.json': opportunityBody({ id: opportunityId }),
      'responses/get-aws-opportunity-summary-1.jsonc': `// no token\n${JSON.stringify(awsSummaryBody())}`,
      'responses/list-opportunities.json': { OpportunitySummaries: [{ Id: 'O21' }] },
      'responses/list-solutions.txt': 'S	AWS	S-1234567',
      'responses/ListEngagementResourceAssociations.json': { EngagementResourceAssociationSummaries: [] },
    },
    says: [
      `created.json: ${stored(`AWS/opportunity/${opportunityId}`)}`,
      `ListOpportunities: ${stored('Sandbox/opportunity/O21')}`,
      'responses/list-solutions.txt: not read, the name does not end in .json or .jsonc',
      'responses/ListEngagementResourceAssociations.json: this stack never calls an operation of that name',
    ],
  },
  'has several recordings of an operation, for several ids': {
    files: {
      'events/a.json': opportunityEvent({ opportunityId: 'O31' }),
      'events/b.json': opportunityEvent({ opportunityId: 'O32' }),
      'events/c.json': opportunityEvent({ opportunityId: 'O33' }),
      'responses/GetOpportunity-first.json': recorded(opportunityBody({ id: 'O32', title: 'Second' })),
      'responses/GetOpportunity-O33.json': recorded(opportunityBody({ id: 'O30', title: 'Third' })),
      'responses/GetOpportunity.json': recorded(opportunityBody({ id: 'O31', title: 'First' })),
    },
    says: ['a', 'b', 'c'].map((name, index) => `${name}.json: ${stored(`AWS/opportunity/O3${index + 1}`)}`),
  },
  'has recorded refusals and a recorded throttle': {
    files: {
      'events/a.json': createdOpportunity,
      'events/b.json': invited('Engagement Invitation Created'),
      'responses/GetOpportunity.json': failed('AccessDeniedException', 400),
      'responses/GetEngagementInvitation.json': failed('ValidationException', 400),
      'responses/ListOpportunities.json': failed('ThrottlingException', 400),
      'responses/ListEngagements.json': { code: 403, body: '{"message":"Forbidden"}' },
    },
    says: [
      'a.json: parked as partner-central.access-denied',
      'b.json: parked as partner-central.invalid',
      'responses/ListOpportunities.json: a temporary failure is no answer that a run can end with; left out',
    ],
  },
  'has an invitation that was accepted and is recorded as pending': {
    files: {
      'events/a.json': invited('Engagement Invitation Created'),
      'events/b.json': invited('Engagement Invitation Accepted'),
      'responses/GetEngagementInvitation.json': invitation(),
    },
    says: [],
  },
  'has an invitation that was rejected and can no longer be read': {
    files: {
      'events/a.json': invited('Engagement Invitation Created'),
      'events/b.json': invited('Engagement Invitation Rejected'),
      'responses/ListEngagementInvitations.json': recorded({
        EngagementInvitationSummaries: [
          { Id: invitationId, Status: 'REJECTED', PayloadType: 'LeadInvitation' },
        ],
      }),
    },
    says: [`b.json: ${stored(`AWS/engagement-invitation/${invitationId}`)}`],
  },
  'has a rejected lead and a list that says that it expired': {
    files: {
      'events/a.json': invited('Engagement Invitation Rejected', 'LeadInvitation'),
      'responses/GetEngagementInvitation-LeadInvitation.json': recorded(
        leadInvitationBody({ id: invitationId, status: 'REJECTED' }),
      ),
      'responses/ListEngagementInvitations.json': recorded({
        EngagementInvitationSummaries: [{ Id: invitationId, Status: 'EXPIRED' }],
      }),
    },
    says: [`a.json: ${stored(`AWS/engagement-invitation/${invitationId}`)}`],
  },
  'has an accepted invitation whose opportunity is recorded nowhere': {
    files: {
      'events/a.json': invited('Engagement Invitation Accepted'),
      'responses/GetEngagementInvitation.json': invitation({ status: 'ACCEPTED' }),
      'responses/ListEngagementByAcceptingInvitationTasks.json': recorded({
        TaskSummaries: [
          { TaskStatus: 'COMPLETE', OpportunityId: 'O999', EngagementInvitationId: invitationId },
        ],
      }),
    },
    says: ['a.json: parked as link.pending'],
  },
  'has a snapshot whose opportunity is recorded nowhere, and one of another partner': {
    files: {
      'events/a.json': snapshotEvent({ engagementId, opportunityId: 'O41' }),
      'events/b.json': snapshotEvent({ engagementId: 'eng-other', createdBy: '999988887777' }),
      'responses/GetEngagement.json': recorded(engagementBody({ id: engagementId })),
    },
    says: ['a.json: parked as link.pending', `b.json: ${stored('AWS/engagement/eng-other')}`],
  },
  'has an invitation to an engagement that may not be read yet': {
    files: {
      'events/a.json': invitationEvent({ invitationId, detailType: 'Engagement Invitation Created' }),
      'events/b.json': engagementEvent({ engagementId }),
      'responses/GetEngagement.json': failed('AccessDeniedException', 403),
      'responses/GetEngagementInvitation.json': invitation(),
    },
    says: [`a.json: ${stored(`AWS/engagement-invitation/${invitationId}`)}`],
  },
  'has events dated in the future': {
    files: {
      'events/a.json': opportunityEvent({ detailType: 'Opportunity Created', time: '2099-01-01T00:00:00Z' }),
      'events/b.json': snapshotEvent({ engagementId, time: '2099-01-01T00:00:00Z' }),
      'responses/GetEngagement.json': recorded(engagementBody({ id: engagementId })),
    },
    says: ['a.json: parked as partner-central.not-found', 'b.json: parked as link.pending'],
  },
};
