import type { JsonObject } from '../../lambdas/core/json.ts';
import { toSecond } from './aws-timestamps.ts';
import { eventIdFrom, type Random } from './seeded-random.ts';

/** An EventBridge event as the service was recorded sending it. */
export type PartnerEventEnvelope = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: 'aws.partnercentral-selling';
  readonly account: string;
  /** One-second resolution. */
  readonly time: string;
  readonly region: 'us-east-1';
  readonly resources: readonly string[];
  readonly detail: JsonObject;
};

/** An event before it has an id, a time and an account. */
export interface EventContent {
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
}

export function envelopeOf(
  content: EventContent,
  sent: { readonly random: Random; readonly nowMs: number; readonly accountId: string },
): PartnerEventEnvelope {
  return {
    version: '0',
    id: eventIdFrom(sent.random),
    'detail-type': content.detailType,
    source: 'aws.partnercentral-selling',
    account: sent.accountId,
    time: toSecond(sent.nowMs),
    region: 'us-east-1',
    resources: content.resources,
    detail: content.detail,
  };
}

export function opportunityEvent(
  detailType: 'Opportunity Created' | 'Opportunity Updated',
  catalog: string,
  identifier: string,
): EventContent {
  return { detailType, resources: [], detail: { schemaVersion: '1', catalog, opportunity: { identifier } } };
}

/** Only the Created event carries the sender's name and the expiration date; none tells a rejection reason. */
export function invitationEvent(
  outcome: 'Created' | 'Accepted' | 'Rejected' | 'Expired',
  catalog: string,
  invitation: JsonObject,
): EventContent {
  const {
    senderCompanyName = null,
    expirationDate = null,
    participantType = null,
    payloadType = null,
    ...ids
  } = invitation;
  const created: JsonObject = outcome === 'Created' ? { senderCompanyName, expirationDate } : {};
  return {
    detailType: `Engagement Invitation ${outcome}`,
    resources: typeof ids['arn'] === 'string' ? [ids['arn']] : [],
    detail: {
      catalog,
      schemaVersion: '1.0',
      engagementInvitation: { ...ids, ...created, participantType, payloadType },
    },
  };
}

/** Documented, never recorded. */
export function memberAddedEvent(catalog: string, engagementId: string, member: JsonObject): EventContent {
  return {
    detailType: 'Engagement Member Added',
    resources: [engagementArn(catalog, engagementId)],
    detail: { catalog, engagement: { id: engagementId }, engagementMember: member },
  };
}

/** The first snapshot of an opportunity, in the recorded shape (the documented one has more members). */
export function snapshotCreatedEvent(
  catalog: string,
  snapshot: { readonly engagementId: string; readonly opportunityId: string; readonly createdBy: string },
): EventContent {
  const engagement = engagementArn(catalog, snapshot.engagementId);
  return {
    detailType: 'Engagement Resource Snapshot Created',
    resources: [engagement],
    detail: {
      schemaVersion: '1',
      catalog,
      resourceSnapshot: {
        arn: `${engagement}/resource/Opportunity/${snapshot.opportunityId}/template/OpportunitySummaryView/snapshot/1`,
        engagementId: snapshot.engagementId,
        resourceId: snapshot.opportunityId,
        resourceType: 'Opportunity',
        createdBy: snapshot.createdBy,
      },
    },
  };
}

function engagementArn(catalog: string, engagementId: string): string {
  return `arn:aws:partnercentral:us-east-1::catalog/${catalog}/engagement/${engagementId}`;
}
