import { parseRecordPath, type RecordKey, recordPath, type VersionRef } from './record.ts';

/**
 * Keys and indexes of the Records table, used by the stack, the adapters and the documented
 * queries.
 */
export const recordTable = {
  partitionKey: 'pk',
  sortKey: 'sk',
  currentSortKey: 'current',
  versionSortKeyPrefix: 'version#',
  partSortKeyPrefix: 'part#',
  /**
   * Indexes of current items, an index of versions by day, and the outbox, which contains versions
   * that are not fanned out yet. `catalogKind` is `<catalog>/<kind>`. `customerKey` is the name in
   * lower case, to find it by a prefix. `dayKey` is `<catalog>/<kind>#<day>`.
   * Never change one: `test/infra/kept-tables.test.ts` says why, and what to do instead.
   */
  indexes: {
    recordsByModification: {
      name: 'recordsByModification',
      partitionKey: 'catalogKind',
      sortKey: 'modifiedAt',
    },
    recordsByStatus: { name: 'recordsByStatus', partitionKey: 'catalogKindStatus', sortKey: 'dueKey' },
    recordsByCustomer: { name: 'recordsByCustomer', partitionKey: 'catalogKind', sortKey: 'customerKey' },
    recordsByEngagement: { name: 'recordsByEngagement', partitionKey: 'engagementKey', sortKey: 'pk' },
    recordsByPartnerId: { name: 'recordsByPartnerId', partitionKey: 'partnerKey', sortKey: 'pk' },
    versionsByDay: { name: 'versionsByDay', partitionKey: 'dayKey', sortKey: 'knownAt' },
    outbox: { name: 'outbox', partitionKey: 'outbox', sortKey: 'outboxDueAt' },
  },
  /**
   * The one attribute besides keys in every index but the outbox: a map, because members can be
   * added to a map, and nothing can be added to an index. It changes with versions only, so that a
   * confirmation writes no index.
   */
  projected: ['summary'],
} as const;

/**
 * The format that items of all tables have in `format`. Items of 0.1.0 have none. A reader takes
 * items of any format that have the attributes that it needs; docs/upgrade.md says what may change.
 */
export const itemFormat = 1;

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

/**
 * Returns the record of a current item, from its keys as errors write them: `pk sk`. Undefined for
 * any other item.
 */
export function parseCurrentItemName(name: string): RecordKey | undefined {
  const ending = ` ${recordTable.currentSortKey}`;
  return name.endsWith(ending) ? parseRecordPath(name.slice(0, -ending.length)) : undefined;
}

/** `0000000012`: padded, so that a Query returns versions in their order. */
export function versionDigits({ version }: VersionRef): string {
  return String(version).padStart(10, '0');
}

/** `version#0000000012` */
export function versionItemKey(ref: VersionRef): ItemKey {
  return { pk: recordPath(ref), sk: `${recordTable.versionSortKeyPrefix}${versionDigits(ref)}` };
}

/** The number in the sort key of a version item; undefined for any other item. */
export function parseVersionSortKey(sortKey: string): number | undefined {
  const digits = sortKey.startsWith(recordTable.versionSortKeyPrefix)
    ? sortKey.slice(recordTable.versionSortKeyPrefix.length)
    : '';
  return /^\d{10}$/.test(digits) ? Number(digits) : undefined;
}

/** Parts of a version that hold one content. */
export interface PartsRef extends VersionRef {
  /** Of the whole packed content. */
  readonly hash: string;
}

const partsPartitionPrefix = 'parts/';

/**
 * Partition of the parts of a record. They are not in the partition of the record, so that a Query
 * for its history reads nothing but the current item and versions.
 */
export function partsPartition(key: RecordKey): string {
  return `${partsPartitionPrefix}${recordPath(key)}`;
}

/** `part#0000000012#<hash>#003`: the parts of a version sort together, by content and number. */
export function partItemKey(ref: PartsRef, index: number): ItemKey {
  const number = String(index).padStart(3, '0');
  return { pk: partsPartition(ref), sk: `${partPrefix(ref)}${ref.hash}#${number}` };
}

/** What the sort keys of all parts of a version begin with. */
export function partPrefix(ref: VersionRef): string {
  return `${recordTable.partSortKeyPrefix}${versionDigits(ref)}#`;
}

/** Returns the record, version and content of a part; undefined for any other item. */
export function parsePartKey({ pk, sk }: ItemKey): PartsRef | undefined {
  const path = pk.startsWith(partsPartitionPrefix) ? pk.slice(partsPartitionPrefix.length) : '';
  const key = parseRecordPath(path);
  const [, version, hash] = /^part#(\d{10})#([0-9a-f]+)#\d{3}$/.exec(sk) ?? [];
  return key && version && hash ? { ...key, version: Number(version), hash } : undefined;
}
