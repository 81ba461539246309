import type { JsonObject } from '../core/json.ts';

/**
 * Reads of the Partner Central Selling API. Each answer is the raw response body with null members left out:
 * members that the SDK does not know are there, values outside its enums too.
 * @throws ServiceError `partner-central.throttled`, `.unavailable` (later); `.not-found`, `.access-denied`, `.invalid` (never).
 */
export interface PartnerCentral {
  getOpportunity(catalog: string, opportunityId: string): Promise<JsonObject>;
  /** Not found until the opportunity was submitted. */
  getAwsOpportunitySummary(catalog: string, opportunityId: string): Promise<JsonObject>;
  getEngagementInvitation(catalog: string, invitationId: string): Promise<JsonObject>;
}
