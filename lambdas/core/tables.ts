import { type RecordKey, recordPath, type VersionRef } from './record.ts';

/** Names that the stack, the adapters and the queries of people share: the keys and indexes of the Records table. */
export const recordTable = {
  partitionKey: 'pk',
  sortKey: 'sk',
  currentSortKey: 'current',
  versionSortKeyPrefix: 'version#',
  /**
   * On current items only, but for the outbox, which holds versions that still have to be fanned out.
   * `catalogKind` is `<catalog>/<kind>`; `byCustomer` sorts by the name in lower case, so that a prefix finds it.
   */
  indexes: {
    byModification: { name: 'byModification', partitionKey: 'catalogKind', sortKey: 'modifiedAt' },
    byStatus: { name: 'byStatus', partitionKey: 'catalogKindStatus', sortKey: 'dueKey' },
    byCustomer: { name: 'byCustomer', partitionKey: 'catalogKind', sortKey: 'customerKey' },
    byEngagement: { name: 'byEngagement', partitionKey: 'engagementKey', sortKey: 'pk' },
    outbox: { name: 'outbox', partitionKey: 'outbox', sortKey: 'outboxDueAt' },
  },
  /** What the four query indexes carry besides the keys: enough for a list, never the payload. */
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
  /** What `byEndpoint` carries besides the keys: a delivery as a list shows it. */
  projected: ['id', 'status', 'record', 'version', 'messageId', 'attemptNumber', 'dueAt', 'reason', 'wanted'],
} as const;

/** Keys of the Control table, which holds what the functions share: the quota ledger, the passes of `reconcile`, what was seen when. */
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
