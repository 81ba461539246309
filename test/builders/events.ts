import type { Json, JsonObject } from '../../lambdas/core/json.ts';
import { applyChanges } from '../../local/apply-changes.ts';

// EventBridge events in the shape AWS was recorded sending them, with made-up ids.

export interface EnvelopeOptions {
  readonly eventId?: string;
  readonly detailType?: string;
  readonly catalog?: string;
  readonly time?: string;
}

export function partnerEvent(
  options: EnvelopeOptions,
  detail: JsonObject,
  resources: readonly Json[] = [],
): JsonObject {
  return {
    version: '0',
    id: options.eventId ?? '0a1b2c3d-0000-4000-8000-000000000001',
    'detail-type': options.detailType ?? 'Opportunity Updated',
    source: 'aws.partnercentral-selling',
    account: '111122223333',
    time: options.time ?? '2026-03-01T10:00:00Z',
    region: 'us-east-1',
    resources,
    detail: { catalog: options.catalog ?? 'AWS', ...detail },
  };
}

export function opportunityEvent(
  options: EnvelopeOptions & { readonly opportunityId?: string } = {},
): JsonObject {
  const { opportunityId = 'O1234567' } = options;
  return partnerEvent(options, { schemaVersion: '1', opportunity: { identifier: opportunityId } });
}

export interface InvitationEventOptions extends EnvelopeOptions {
  readonly invitationId?: string;
  readonly participantType?: Json;
  readonly payloadType?: Json;
}

/** Only Created carries the sender's name and the expiration date. */
export function invitationEvent(options: InvitationEventOptions = {}): JsonObject {
  const {
    detailType = 'Engagement Invitation Created',
    catalog = 'AWS',
    invitationId = 'engi-abcdefgh12345',
  } = options;
  const arn = `arn:aws:partnercentral:us-east-1::catalog/${catalog}/engagement-invitation/${invitationId}`;
  const created = { senderCompanyName: 'AWS', expirationDate: '2026-03-16T10:00:00.123456789Z' };
  const engagementInvitation: JsonObject = {
    arn,
    id: invitationId,
    engagementId: 'eng-abcdefgh123456',
    senderAccountId: 'aws',
    receiverAccountId: '111122223333',
    ...(detailType === 'Engagement Invitation Created' ? created : {}),
    participantType: options.participantType ?? 'RECEIVER',
    payloadType: options.payloadType ?? 'OpportunityInvitation',
  };
  return partnerEvent({ ...options, detailType }, { schemaVersion: '1.0', engagementInvitation }, [arn]);
}

export interface EngagementEventOptions extends EnvelopeOptions {
  readonly engagementId?: string;
}

/**
 * Documented, not yet recorded: the event of a new member names the engagement as `id`, the others
 * as `engagementId`.
 */
export function engagementEvent(options: EngagementEventOptions = {}): JsonObject {
  const { detailType = 'Engagement Updated', catalog = 'AWS', engagementId = 'eng-abcdefgh123456' } = options;
  const engagementArn = `arn:aws:partnercentral:us-east-1::catalog/${catalog}/engagement/${engagementId}`;
  const detail: JsonObject =
    detailType === 'Engagement Member Added'
      ? {
          engagement: { id: engagementId },
          engagementMember: { accountId: '444455556666', companyName: 'AnyCompany Consulting' },
        }
      : { engagement: { engagementArn, engagementId, LastModifiedBy: 'aws', ContextTypes: ['Lead'] } };
  return partnerEvent({ ...options, detailType }, detail, [engagementArn]);
}

export interface SnapshotEventOptions extends EngagementEventOptions {
  readonly opportunityId?: string;
  /** Account that the snapshot was made by. */
  readonly createdBy?: string;
}

export function snapshotEvent(options: SnapshotEventOptions = {}): JsonObject {
  const { catalog = 'AWS', engagementId = 'eng-abcdefgh123456', opportunityId = 'O1234567' } = options;
  const engagement = `arn:aws:partnercentral:us-east-1::catalog/${catalog}/engagement/${engagementId}`;
  const resourceSnapshot = {
    arn: `${engagement}/resource/Opportunity/${opportunityId}/template/OpportunitySummaryView/snapshot/4`,
    engagementId,
    resourceId: opportunityId,
    resourceType: 'Opportunity',
    createdBy: options.createdBy ?? '111122223333',
  };
  const detailType = 'Engagement Resource Snapshot Created';
  return partnerEvent({ detailType, ...options }, { schemaVersion: '1', resourceSnapshot }, [engagement]);
}

/** The event with one value, named by its JSON Pointer, replaced or added. */
export function withValue(event: JsonObject, path: string, after: Json): JsonObject {
  return applyChanges(event, [{ path, after }]);
}
