import { type RecordKey, recordPath, type VersionRef } from './record.ts';

/**
 * Keys and indexes of the Records table, used by the stack, the adapters and the documented
 * queries.
 */
export const recordTable = {
  partitionKey: 'pk',
  sortKey: 'sk',
  currentSortKey: 'current',
  versionSortKeyPrefix: 'version#',
  /**
   * Indexes of current items, except the outbox, which contains versions that are not fanned out
   * yet. `catalogKind` is `<catalog>/<kind>`. `customerKey` is the name in lower case, to find it
   * by a prefix.
   */
  indexes: {
    byModification: { name: 'byModification', partitionKey: 'catalogKind', sortKey: 'modifiedAt' },
    byStatus: { name: 'byStatus', partitionKey: 'catalogKindStatus', sortKey: 'dueKey' },
    byCustomer: { name: 'byCustomer', partitionKey: 'catalogKind', sortKey: 'customerKey' },
    byEngagement: { name: 'byEngagement', partitionKey: 'engagementKey', sortKey: 'pk' },
    outbox: { name: 'outbox', partitionKey: 'outbox', sortKey: 'outboxDueAt' },
  },
  /**
   * Attributes in the four query indexes besides the keys: enough for a list, without the payload.
   */
  projected: [
    'catalog',
    'kind',
    'id',
    'version',
    'lastModifiedAt',
    'readAt',
    'title',
    'customerName',
    'stage',
    'reviewStatus',
    'status',
    'dueOn',
    'engagementId',
    'tombstone',
  ],
} as const;

/** Keys and index of the Webhooks table. */
export const webhookTable = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAtEpochSeconds',
  indexes: {
    /** Pending deliveries by due time. */
    due: { name: 'due', partitionKey: 'due', sortKey: 'dueAt' },
    /** Deliveries of an endpoint, by when they were added. */
    byEndpoint: { name: 'byEndpoint', partitionKey: 'endpointId', sortKey: 'createdAt' },
  },
  /** Attributes in `byEndpoint` besides the keys: enough to list a delivery. */
  projected: ['id', 'status', 'record', 'version', 'messageId', 'attemptNumber', 'dueAt', 'reason', 'wanted'],
} as const;

/** Keys of the Control table: the quota ledger, the passes of `reconcile`, sightings and caches. */
export const controlTable = { partitionKey: 'pk', sortKey: 'sk' } as const;

export interface ItemKey extends Readonly<Record<string, string>> {
  readonly pk: string;
  readonly sk: string;
}

export function currentItemKey(key: RecordKey): ItemKey {
  return { pk: recordPath(key), sk: recordTable.currentSortKey };
}

const versionDigits = 10;

/** `version#0000000012`: padded, so that a Query returns versions in their order. */
export function versionItemKey(ref: VersionRef): ItemKey {
  const digits = String(ref.version).padStart(versionDigits, '0');
  return { pk: recordPath(ref), sk: `${recordTable.versionSortKeyPrefix}${digits}` };
}

/** The number in the sort key of a version item; undefined for any other item. */
export function parseVersionSortKey(sortKey: string): number | undefined {
  const digits = sortKey.startsWith(recordTable.versionSortKeyPrefix)
    ? sortKey.slice(recordTable.versionSortKeyPrefix.length)
    : '';
  return /^\d{10}$/.test(digits) ? Number(digits) : undefined;
}
