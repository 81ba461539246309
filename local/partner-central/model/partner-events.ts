import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { eventIdFrom, type Random } from '../seeded-random.ts';
import { toSecond } from './aws-timestamps.ts';

/** An EventBridge event in the recorded shape. */
export type PartnerEventEnvelope = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: 'aws.partnercentral-selling';
  readonly account: string;
  /** ISO-8601 in whole seconds. */
  readonly time: string;
  readonly region: 'us-east-1';
  readonly resources: readonly string[];
  readonly detail: JsonObject;
};

/** The part of an event that depends neither on its time nor on the account that receives it. */
export interface EventContent {
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
}

export function toEnvelope(
  content: EventContent,
  envelope: { readonly random: Random; readonly nowMs: number; readonly accountId: string },
): PartnerEventEnvelope {
  return {
    version: '0',
    id: eventIdFrom(envelope.random),
    'detail-type': content.detailType,
    source: 'aws.partnercentral-selling',
    account: envelope.accountId,
    time: toSecond(envelope.nowMs),
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

/**
 * Only the Created event carries the sender's name and the expiration date. No event carries a
 * rejection reason.
 */
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

/** The event has the documented shape: there is no recording of it. */
export function memberAddedEvent(
  catalog: string,
  engagementId: string,
  { accountId, companyName }: { readonly accountId: string; readonly companyName: string },
): EventContent {
  return {
    detailType: 'Engagement Member Added',
    resources: [engagementArn(catalog, engagementId)],
    detail: { catalog, engagement: { id: engagementId }, engagementMember: { accountId, companyName } },
  };
}

/**
 * The event has the documented shape, which mixes camel case and Pascal case: there is no recording
 * of it.
 */
export function engagementEvent(
  outcome: 'Created' | 'Updated',
  catalog: string,
  engagement: {
    readonly id: string;
    readonly by: string;
    readonly nowMs: number;
    readonly contextTypes: Json;
  },
): EventContent {
  const arn = engagementArn(catalog, engagement.id);
  const at = toSecond(engagement.nowMs);
  const modification: JsonObject =
    outcome === 'Created'
      ? { CreatedAt: at, CreatedBy: engagement.by }
      : { LastModifiedAt: at, LastModifiedBy: engagement.by };
  const { contextTypes: ContextTypes } = engagement;
  return {
    detailType: `Engagement ${outcome}`,
    resources: [arn],
    detail: {
      catalog,
      engagement: { engagementArn: arn, engagementId: engagement.id, ...modification, ContextTypes },
    },
  };
}

export interface NewSnapshot {
  readonly engagementId: string;
  readonly opportunityId: string;
  readonly createdBy: string;
  /** @default 1 */
  readonly revision?: number;
}

/** The event has the recorded shape. The documented shape has more members. */
export function snapshotCreatedEvent(catalog: string, snapshot: NewSnapshot): EventContent {
  const engagement = engagementArn(catalog, snapshot.engagementId);
  return {
    detailType: 'Engagement Resource Snapshot Created',
    resources: [engagement],
    detail: {
      schemaVersion: '1',
      catalog,
      resourceSnapshot: {
        arn: `${engagement}/resource/Opportunity/${snapshot.opportunityId}/template/OpportunitySummaryView/snapshot/${snapshot.revision ?? 1}`,
        engagementId: snapshot.engagementId,
        resourceId: snapshot.opportunityId,
        resourceType: 'Opportunity',
        createdBy: snapshot.createdBy,
      },
    },
  };
}

export function engagementArn(catalog: string, engagementId: string): string {
  return `arn:aws:partnercentral:us-east-1::catalog/${catalog}/engagement/${engagementId}`;
}
