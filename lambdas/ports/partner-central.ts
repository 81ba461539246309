import type { Instant } from '../core/instant.ts';
import type { JsonObject } from '../core/json.ts';

/** One page of a list, without null members, and without elements that are not objects. */
export interface Page {
  readonly items: readonly JsonObject[];
  /** Undefined on the last page. */
  readonly nextToken?: string | undefined;
}

/** The partner's role in an invitation. */
export const participantTypes = ['SENDER', 'RECEIVER'] as const;
export type ParticipantType = (typeof participantTypes)[number];

/**
 * Reads of the Partner Central Selling API. Each answer is the raw response body without null
 * members. It keeps members that the SDK does not know and values outside the enums.
 * @throws ServiceError `partner-central.throttled`, `.unavailable` (later); `.not-found`,
 *   `.access-denied`, `.invalid`, `payload.too-deep`, `payload.too-large` (never);
 *   `quota.waiting` (later) if the account's quota grants no permit for a while: then nothing was
 *   sent.
 */
export interface PartnerCentral {
  getOpportunity(catalog: string, opportunityId: string): Promise<JsonObject>;
  /** Not found until the opportunity is submitted. */
  getAwsOpportunitySummary(catalog: string, opportunityId: string): Promise<JsonObject>;
  getEngagementInvitation(catalog: string, invitationId: string): Promise<JsonObject>;
  getEngagement(catalog: string, engagementId: string): Promise<JsonObject>;
  listEngagementMembers(catalog: string, engagementId: string, nextToken?: string): Promise<Page>;
  /** Calls ListEngagementByAcceptingInvitationTasks for one invitation. */
  listAcceptanceTasks(catalog: string, invitationId: string, nextToken?: string): Promise<Page>;
  /** Calls ListOpportunityFromEngagementTasks for one engagement. */
  listConversionTasks(catalog: string, engagementId: string, nextToken?: string): Promise<Page>;
  /** Calls ListEngagementFromOpportunityTasks for one opportunity. */
  listSubmissionTasks(catalog: string, opportunityId: string, nextToken?: string): Promise<Page>;
  listSolutions(catalog: string, nextToken?: string): Promise<Page>;
  /** Sorted by LastModifiedDate, oldest first. `modifiedFrom` is inclusive; undefined lists all. */
  listOpportunities(catalog: string, modifiedFrom: Instant | undefined, nextToken?: string): Promise<Page>;
  /** Opportunities by CreatedDate, oldest first. `createdFrom` is inclusive. */
  listCreatedOpportunities(catalog: string, createdFrom: Instant, nextToken?: string): Promise<Page>;
  /** Sorted by InvitationDate, oldest first. */
  listEngagementInvitations(catalog: string, role: ParticipantType, nextToken?: string): Promise<Page>;
  /** Sorted by CreatedDate, oldest first. */
  listEngagements(catalog: string, nextToken?: string): Promise<Page>;
}
