import type { currentItem, versionItem } from '../../lambdas/adapters/record-item.ts';
import { recordTable } from '../../lambdas/core/tables.ts';
import {
  type Attribute,
  itemFormatAttribute,
  type NamesOf,
  type TableDictionary,
} from './table-dictionary.ts';

type RecordItem = ReturnType<typeof currentItem> | ReturnType<typeof versionItem>;

/** Attributes of current items and of versions. */
const attributes = {
  pk: { type: 'S', meaning: 'catalog, kind and id of the record' },
  sk: { type: 'S', meaning: '`current`, or `version#` and ten digits' },
  format: itemFormatAttribute,
  catalog: { type: 'S', meaning: '`AWS` or `Sandbox`' },
  kind: {
    type: 'S',
    meaning: '`opportunity`, `aws-opportunity-summary`, `engagement-invitation` or `engagement`',
  },
  id: { type: 'S', meaning: 'id in Partner Central; a summary has the id of its opportunity' },
  version: { type: 'N', meaning: 'number of the version: 1, 2, 3 without gaps' },
  messageId: {
    type: 'S',
    meaning: 'the `webhook-id` of the version; absent from items of releases that derived it from the number',
  },
  contentHash: { type: 'S', meaning: 'SHA-256 of the payload; a read with the same hash adds no version' },
  statusRank: {
    type: 'N',
    meaning: 'rank of the status; of two states with equal timestamps the higher rank is newer',
  },
  lastModifiedAt: {
    type: 'S',
    meaning:
      "current items: AWS's own timestamp, normalized to milliseconds; absent from summaries and invitations",
  },
  readAt: { type: 'S', meaning: 'when the last read that returned this state began' },
  summary: {
    type: 'M',
    meaning: 'what every index but `outbox` carries; its members are below, and releases add some',
    personal: 'yes',
  },
  payload: {
    type: 'M',
    meaning: 'the record as Partner Central returns it, without members that are null',
    personal: 'yes',
  },
  packed: {
    type: 'B',
    meaning: 'replaces `payload` and `changes` if DynamoDB cannot hold them as a map: gzipped JSON',
    personal: 'yes',
  },
  payloadParts: {
    type: 'M',
    meaning:
      'replaces `payload` if it is too large even as `packed`: `hash` and `count` of its parts, which belong to this `version`',
  },
  changesParts: {
    type: 'M',
    meaning: 'versions: replaces `changes` likewise',
  },
  tombstone: { type: 'BOOL', meaning: 'true if AWS withdrew access; the payload is the last known one' },
  redacted: { type: 'BOOL', meaning: 'true if names, contacts and texts were removed' },
  erased: { type: 'BOOL', meaning: 'true if the record was erased: ids, status, stage and dates are left' },
  links: {
    type: 'L',
    meaning: 'related records: `kind`, `id`, and in `via` how the relation is known',
  },
  solutions: { type: 'L', meaning: 'solutions named in the payload: `id`, and `name` if it was found' },
  announcedExpiration: { type: 'S', meaning: 'invitations: expiration that has been announced as near' },
  waitsSince: {
    type: 'S',
    meaning:
      "opportunities: since when it waits for the end of AWS's review or for an action that AWS requires; absent if it waits for neither",
  },
  announcedReminders: {
    type: 'M',
    meaning: 'opportunities: the reminders that were announced, by name: when the situation began',
  },
  catalogKind: { type: 'S', meaning: 'current items: index key, catalog and kind' },
  modifiedAt: {
    type: 'S',
    meaning:
      'current items: index key, `lastModifiedAt` or, without one, when the read of this version began',
  },
  catalogKindStatus: {
    type: 'S',
    meaning: 'current items: index key, catalog, kind, and status or stage (`none` without either)',
  },
  dueKey: {
    type: 'S',
    meaning: 'current items: index key, `dueOn` of the summary, or `9999-12-31` without one',
  },
  customerKey: {
    type: 'S',
    meaning: 'current items: index key, the first 200 characters of `customerName` in lower case',
    personal: 'yes',
  },
  engagementKey: { type: 'S', meaning: 'current items: index key, `engagementId` of the summary' },
  partnerKey: {
    type: 'S',
    meaning: "current items: index key, the partner's own id of an opportunity",
    personal: 'yes',
  },
  dayKey: { type: 'S', meaning: 'versions: index key, catalog, kind and the day of `knownAt`' },
  knownAt: {
    type: 'S',
    meaning:
      'versions: index key, when the change was learnt: `readAt` or the time of the event, the later one',
  },
  certainFrom: {
    type: 'S',
    meaning:
      "set if reads and AWS's timestamps disagreed; the current state is certain once `readAt` is this time or later",
  },
  listedAs: {
    type: 'S',
    meaning:
      "AWS's timestamp in lists, if it is not `lastModifiedAt`: it cannot be read, or lists and reads disagree",
  },
  previousMessageId: { type: 'S', meaning: 'versions: the `webhook-id` of the version before' },
  type: { type: 'S', meaning: 'versions: type of the message' },
  topics: { type: 'L', meaning: 'versions: topics that endpoints can subscribe to; the type is the first' },
  changes: {
    type: 'L',
    meaning: 'versions: differences from the version before: `path` (JSON Pointer), `before`, `after`',
    personal: 'yes',
  },
  reflectedCommand: {
    type: 'S',
    meaning: 'id of the newest command for this record that this state, or one before, reflects',
  },
  echoes: {
    type: 'L',
    meaning:
      'versions: the clients whose own commands explain all changes: `client`, and in `commands` the `id` and `key` of each; absent if there are none',
  },
  cause: {
    type: 'M',
    meaning:
      'versions: `detailType`, `eventIds` and `eventTime` of the events that caused it, or the pass of `reconcile`',
  },
  occurredAt: {
    type: 'S',
    meaning: "versions: when the change happened: AWS's timestamp or, without one, the time of the event",
  },
  intentDueAt: {
    type: 'S',
    meaning: 'names the intent with which the item was written, together with its `messageId`: its due time',
  },
  outbox: {
    type: 'S',
    meaning:
      '`unreadable` if the item was edited by hand and is set aside; versions that an earlier release stored, or that are tried again after that: `pending` until they are fanned out',
  },
  outboxDueAt: {
    type: 'S',
    meaning:
      'if `outbox` is `pending`: when `sweep` signals fan-out again; if it is `unreadable`: when the item was set aside',
  },
} satisfies Readonly<Record<NamesOf<RecordItem> | 'intentDueAt' | 'outbox' | 'outboxDueAt', Attribute>>;

/** Attributes of versions that are about to be written, or are not fanned out yet. */
const intentAttributes = {
  pk: { type: 'S', meaning: '`outbox`' },
  sk: {
    type: 'S',
    meaning:
      'when `sweep` signals fan-out, the `pk` of the record, the version in ten digits, and the `webhook-id`, each after a `#`',
  },
  format: attributes.format,
  type: attributes.type,
  topics: attributes.topics,
  cause: attributes.cause,
  occurredAt: attributes.occurredAt,
  readAt: { type: 'S', meaning: '`readAt` of the version' },
  previousMessageId: attributes.previousMessageId,
  echoes: attributes.echoes,
  postponedTo: {
    type: 'S',
    meaning: 'set if fan-out cannot be finished: `sweep` signals it from then on',
  },
} as const satisfies Readonly<Record<string, Attribute>>;

type SummaryOf<ItemType> = ItemType extends { readonly summary: infer Summary } ? Summary : never;

/** Members of the map `summary` of current items and of versions. */
export const summaryMembers = {
  version: { type: 'N', meaning: 'current items: number of the version' },
  title: {
    type: 'S',
    meaning: 'current items: title of the project or the engagement. All texts end after 2,000 characters',
    personal: 'yes',
  },
  customerName: { type: 'S', meaning: "current items: the customer's company", personal: 'yes' },
  partnerId: {
    type: 'S',
    meaning: "opportunities: the partner's own id, `PartnerOpportunityIdentifier`",
    personal: 'yes',
  },
  stage: { type: 'S', meaning: "opportunities: the stage; AWS-side summaries: AWS's stage" },
  reviewStatus: { type: 'S', meaning: "opportunities: AWS's review" },
  status: { type: 'S', meaning: 'invitations: the status' },
  dueOn: {
    type: 'S',
    meaning:
      'target close date (a day) of an opportunity or a summary; expiration of an invitation (a timestamp)',
  },
  modifiedAt: { type: 'S', meaning: 'current items: as the index key `modifiedAt`' },
  amount: {
    type: 'N',
    meaning: 'expected customer spend: the first amount of the payload that is a number',
    personal: 'yes',
  },
  currency: { type: 'S', meaning: 'currency of the amount', personal: 'yes' },
  nextSteps: { type: 'S', meaning: 'opportunities and AWS-side summaries: the next steps', personal: 'yes' },
  owner: {
    type: 'S',
    meaning: 'opportunities: e-mail address, or name, of the opportunity owner in the team',
    personal: 'yes',
  },
  score: { type: 'S', meaning: "AWS-side summaries: AWS's engagement score" },
  accountManager: {
    type: 'S',
    meaning:
      "AWS-side summaries: e-mail address, or name, of AWS's account owner or, without one, sales representative",
    personal: 'yes',
  },
  origin: { type: 'S', meaning: 'AWS-side summaries: who referred the opportunity' },
  engagementId: { type: 'S', meaning: 'current items: engagement, from the payload or from a link' },
  tombstone: { type: 'BOOL', meaning: 'current items: as the attribute `tombstone`' },
  erased: { type: 'BOOL', meaning: 'current items: as the attribute `erased`' },
  waitsSince: { type: 'S', meaning: 'current items: as the attribute `waitsSince`' },
  announcedReminders: { type: 'M', meaning: 'current items: as the attribute `announcedReminders`' },
  topics: { type: 'L', meaning: 'versions: as the attribute `topics`' },
  paths: {
    type: 'L',
    meaning:
      "versions: the first 20 paths of `changes` besides AWS's timestamp, each at most 100 characters, without values; absent if there are none",
  },
  changeCount: { type: 'N', meaning: 'versions: number of all those paths, if there are more than 20' },
} satisfies Readonly<Record<NamesOf<SummaryOf<RecordItem>>, Attribute>>;

/** Attributes of the parts of content that is too large for one item. */
const partAttributes = {
  pk: { type: 'S', meaning: '`parts/` and the `pk` of the record' },
  sk: {
    type: 'S',
    meaning: '`part#`, the version in ten digits, the hash of the whole content, and the number of the part',
  },
  format: itemFormatAttribute,
  part: {
    type: 'B',
    meaning:
      'a piece of gzipped JSON; all parts of one hash in their order are `packed` of the payload or the changes',
    personal: 'yes',
  },
} as const satisfies Readonly<Record<string, Attribute>>;

const { outbox, versionsByDay, ...queried } = recordTable.indexes;

export const recordItems: TableDictionary = {
  name: 'Records',
  output: 'RecordsTableName',
  items: [
    {
      name: 'Current items and versions',
      keys: '`pk` is `<catalog>/<kind>/<id>`, such as `AWS/opportunity/O1234567`; `sk` is `current` or, for example, `version#0000000012`.',
      kept: 'permanently. Every version of a rejected invitation loses its personal data, unless `relay:rejectedInvitations` is `keep`.',
      attributes,
      members: { summary: summaryMembers },
    },
    {
      name: 'Intents',
      keys: '`pk` is `outbox`; `sk` begins with a time, so that those that are due sort first.',
      kept: 'until the version is fanned out, about a second. The intent of a worker that crashed before it wrote anything is deleted after some minutes.',
      attributes: intentAttributes,
    },
    {
      name: 'Parts',
      keys: '`pk` is `parts/<catalog>/<kind>/<id>`, `sk` is, for example, `part#0000000012#<hash>#000`.',
      kept: 'as long as the content that they are part of. A part that no item names is left from a write that lost a race.',
      attributes: partAttributes,
    },
  ],
  indexes: [
    ...Object.values(queried).map((index) => ({
      ...index,
      holds: 'current items that have both keys',
      carries: recordTable.projected,
    })),
    { ...versionsByDay, holds: 'versions', carries: recordTable.projected },
    { ...outbox, holds: 'items that are set aside, and versions whose `outbox` is `pending`', carries: [] },
  ],
};
