import type { Instant } from '../core/instant.ts';
import type { RecordKey } from '../core/record.ts';
import type { ReminderSource } from '../core/reminder.ts';
import type { RecordState } from '../core/version.ts';

/** The members of a stored record that are compared with a list of Partner Central. */
export type RecordHead = Pick<
  RecordState,
  'lastModifiedAt' | 'readAt' | 'certainFrom' | 'listedAs' | 'tombstone' | 'links'
> & {
  readonly status?: string | undefined;
};

/** An opportunity that has not ended. */
export interface OpenOpportunity extends ReminderSource {
  readonly key: RecordKey;
}

/**
 * Finds current items by other members than their key. Searches are eventually consistent;
 * `readHeads` is consistent.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface RecordIndex {
  /**
   * Returns heads by record path, for any number of keys. Omits records that are not stored or are
   * invalid. `set-aside`: a function found the record to be unreadable before.
   */
  readHeads(keys: readonly RecordKey[]): Promise<ReadonlyMap<string, RecordHead | 'set-aside'>>;
  /**
   * Finds the records of one catalog that refer to this engagement or are linked to it, and the
   * engagement itself. A record with links to several engagements is found by the first one only.
   */
  findByEngagement(catalog: string, engagementId: string): Promise<RecordKey[]>;
  /**
   * Finds the opportunities of a customer with exactly this title. The customer name matches in any
   * case.
   */
  findOpportunitiesByTitle(catalog: string, customerName: string, title: string): Promise<RecordKey[]>;
  /** Finds the opportunities of one catalog with this PartnerOpportunityIdentifier. */
  findByPartnerId(catalog: string, partnerId: string): Promise<RecordKey[]>;
  /**
   * Finds PENDING invitations that expire from `after` until `until`, soonest first. Omits those
   * without a date.
   */
  findPendingInvitations(catalog: string, after: Instant, until: Instant): Promise<RecordKey[]>;
  /**
   * Finds the opportunities of one catalog that have no stage or are in an open one, with what
   * their reminders depend on, without reading the items themselves. Omits those that release 0.1.0
   * stored, until their next version.
   */
  findOpenOpportunities(catalog: string): Promise<OpenOpportunity[]>;
}
