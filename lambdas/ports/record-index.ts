import type { Instant } from '../core/instant.ts';
import type { RecordKey } from '../core/record.ts';
import type { RecordState } from '../core/version.ts';

/** What a comparison with a list of Partner Central's needs of a stored record. */
export type RecordHead = Pick<RecordState, 'lastModifiedAt' | 'readAt' | 'tombstone' | 'links'> & {
  readonly status?: string | undefined;
};

/**
 * Current items found by something else than their key. Lists follow a write within moments; stamps are read consistently.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface RecordIndex {
  /** By record path; what is not stored, or was changed by hand into something that is no record, is not in it. Any number of keys. */
  readHeads(keys: readonly RecordKey[]): Promise<ReadonlyMap<string, RecordHead>>;
  /**
   * Everything of one catalog that names this engagement or was linked to it, the engagement too. A record that was linked
   * to several engagements is found by the first of its links alone.
   */
  findByEngagement(catalog: string, engagementId: string): Promise<RecordKey[]>;
  /** Opportunities of a customer (the whole name, in any case) with exactly this title. */
  findOpportunitiesByTitle(catalog: string, customerName: string, title: string): Promise<RecordKey[]>;
  /** Invitations that are PENDING and expire from `after` until `until`, next to expire first; those without a date are none. */
  findPendingInvitations(catalog: string, after: Instant, until: Instant): Promise<RecordKey[]>;
}
