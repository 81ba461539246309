import type { Instant } from '../core/instant.ts';
import type { JsonObject } from '../core/json.ts';

/** One page of a list. Elements that are no objects are left out. */
export interface Page {
  readonly items: readonly JsonObject[];
  /** Where the next page begins; undefined on the last one. */
  readonly nextToken?: string | undefined;
}

/** In which role of an invitation the partner stands. */
export const participantTypes = ['SENDER', 'RECEIVER'] as const;
export type ParticipantType = (typeof participantTypes)[number];

/**
 * Reads of the Partner Central Selling API. Each answer is the raw response body with null members left out:
 * members that the SDK does not know are there, values outside its enums too.
 * @throws ServiceError `partner-central.throttled`, `.unavailable` (later); `.not-found`, `.access-denied`, `.invalid` (never);
 *   `quota.waiting` (later) where the account's quota leaves no read for a while: nothing was sent.
 */
export interface PartnerCentral {
  getOpportunity(catalog: string, opportunityId: string): Promise<JsonObject>;
  /** Not found until the opportunity was submitted. */
  getAwsOpportunitySummary(catalog: string, opportunityId: string): Promise<JsonObject>;
  getEngagementInvitation(catalog: string, invitationId: string): Promise<JsonObject>;
  getEngagement(catalog: string, engagementId: string): Promise<JsonObject>;
  listEngagementMembers(catalog: string, engagementId: string, nextToken?: string): Promise<Page>;
  /** ListEngagementByAcceptingInvitationTasks of one invitation. */
  listAcceptanceTasks(catalog: string, invitationId: string, nextToken?: string): Promise<Page>;
  listSolutions(catalog: string, nextToken?: string): Promise<Page>;
  /** By LastModifiedDate, oldest first, from an instant on (inclusive); all of them without one. */
  listOpportunities(catalog: string, modifiedFrom: Instant | undefined, nextToken?: string): Promise<Page>;
  /** By InvitationDate, oldest first. */
  listEngagementInvitations(catalog: string, role: ParticipantType, nextToken?: string): Promise<Page>;
  /** By CreatedDate, oldest first. */
  listEngagements(catalog: string, nextToken?: string): Promise<Page>;
}
