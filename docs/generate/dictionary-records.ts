import type { currentItem, versionItem } from '../../lambdas/adapters/record-item.ts';
import { recordTable } from '../../lambdas/core/tables.ts';
import type { Attribute, NamesOf, TableDictionary } from './table-dictionary.ts';

type RecordItem = ReturnType<typeof currentItem> | ReturnType<typeof versionItem>;

/** Of current items and of versions alike. */
const attributes = {
  pk: { type: 'S', meaning: 'catalog, kind and id of the record' },
  sk: { type: 'S', meaning: '`current`, or `version#` and ten digits' },
  catalog: { type: 'S', meaning: '`AWS` or `Sandbox`, as the event has it' },
  kind: {
    type: 'S',
    meaning: '`opportunity`, `aws-opportunity-summary`, `engagement-invitation` or `engagement`',
  },
  id: { type: 'S', meaning: 'as AWS names it; a summary goes by the id of its opportunity' },
  version: { type: 'N', meaning: 'number of this state: 1, 2, 3 without gaps' },
  contentHash: { type: 'S', meaning: 'SHA-256 of the payload: reads that show the same make no version' },
  statusRank: {
    type: 'N',
    meaning: 'how far the status has come: of two states of one moment the later one',
  },
  lastModifiedAt: {
    type: 'S',
    meaning: "AWS's own stamp, normalised to milliseconds; summaries and invitations have none",
  },
  readAt: { type: 'S', meaning: 'when the read began that last showed this state' },
  title: {
    type: 'S',
    meaning: 'lifted out of the payload: title of the project or the engagement',
    personal: 'yes',
  },
  customerName: { type: 'S', meaning: "lifted out: the customer's company", personal: 'yes' },
  stage: { type: 'S', meaning: 'lifted out: stage of an opportunity or a summary' },
  reviewStatus: { type: 'S', meaning: "lifted out: AWS's review of an opportunity" },
  status: { type: 'S', meaning: 'lifted out: status of an invitation' },
  dueOn: {
    type: 'S',
    meaning: 'lifted out: target close date (a day) or expiration of an invitation (an instant)',
  },
  engagementId: {
    type: 'S',
    meaning: 'the engagement that it belongs to: as the payload says, or on current items as a link says',
  },
  payload: {
    type: 'M',
    meaning: 'the record as AWS names it, members that were null left out',
    personal: 'yes',
  },
  packed: {
    type: 'B',
    meaning: 'in place of `payload` and `changes`, where DynamoDB could not hold them so: gzipped JSON',
    personal: 'yes',
  },
  tombstone: { type: 'BOOL', meaning: 'true where AWS took access away; the payload is the last known one' },
  redacted: { type: 'BOOL', meaning: 'true where names, contacts and texts were taken out' },
  links: {
    type: 'L',
    meaning: 'records that belong to this one: `kind`, `id`, and in `via` how that is known',
  },
  solutions: { type: 'L', meaning: 'solutions that the payload names: `id`, and `name` where it was found' },
  announcedExpiration: { type: 'S', meaning: 'of an invitation: the expiration that was announced as near' },
  catalogKind: { type: 'S', meaning: 'current items: key of indexes, catalog and kind' },
  modifiedAt: { type: 'S', meaning: 'current items: key of an index, `lastModifiedAt` or else `readAt`' },
  catalogKindStatus: {
    type: 'S',
    meaning: 'current items: key of an index, catalog, kind, and status or stage (`none` without either)',
  },
  dueKey: { type: 'S', meaning: 'current items: key of an index, `dueOn`, or `9999-12-31` without one' },
  customerKey: {
    type: 'S',
    meaning: 'current items: key of an index, the first 200 characters of `customerName` in lower case',
    personal: 'yes',
  },
  engagementKey: { type: 'S', meaning: 'current items: key of an index, `engagementId`' },
  type: { type: 'S', meaning: 'versions: type of the message' },
  topics: { type: 'L', meaning: 'versions: what endpoints choose by, the type first' },
  changes: {
    type: 'L',
    meaning: 'versions: against the version before: `path` (JSON Pointer), `before`, `after`',
    personal: 'yes',
  },
  cause: {
    type: 'M',
    meaning:
      'versions: `detailType`, `eventIds` and `eventTime` of the events behind it, or the run of `reconcile`',
  },
  occurredAt: {
    type: 'S',
    meaning: "versions: when it happened: AWS's stamp, or else the time of the event",
  },
  outbox: { type: 'S', meaning: 'versions that are not fanned out yet: `pending`' },
  outboxDueAt: { type: 'S', meaning: 'versions that are not fanned out yet: when `sweep` rings for it' },
} satisfies Readonly<Record<NamesOf<RecordItem>, Attribute>>;

const { outbox, ...queried } = recordTable.indexes;

export const recordItems: TableDictionary = {
  name: 'Records',
  output: 'RecordsTableName',
  items: [
    {
      name: 'Current items and versions',
      keys: '`pk` is `<catalog>/<kind>/<id>`, such as `AWS/opportunity/O1234567`; `sk` is `current` or, for example, `version#0000000012`.',
      kept: 'for good. Of an invitation that was rejected, the personal data goes, in every version, unless `relay:rejectedInvitations` is `keep`.',
      attributes,
    },
  ],
  indexes: [
    ...Object.values(queried).map((index) => ({
      ...index,
      holds: 'current items that have both keys',
      carries: recordTable.projected.filter((name) => !isOneOf(name, [index.partitionKey, index.sortKey])),
    })),
    { ...outbox, holds: 'versions that are not fanned out yet', carries: [] },
  ],
};

function isOneOf(name: string, keys: readonly string[]): boolean {
  return keys.includes(name);
}
