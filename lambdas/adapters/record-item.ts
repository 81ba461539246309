import * as v from 'valibot';
import type { Instant } from '../core/instant.ts';
import type { JsonObject } from '../core/json.ts';
import { linkBases } from '../core/link.ts';
import { type LinkedKind, linkedTopics, messageTypes } from '../core/message-type.ts';
import { attributesOf, type RecordAttributes, recordKinds, recordPath } from '../core/record.ts';
import { currentItemKey, versionItemKey } from '../core/tables.ts';
import { storedInstant, wholeNumber } from '../core/value-schema.ts';
import type { RecordState, Version } from '../core/version.ts';
import { copiedText, keyText } from './dynamodb-attributes.ts';
import { messageIds, messageIdsIn } from './message-ids.ts';
import { contentOf, type Item } from './record-content.ts';
import type { ContentAttributes } from './record-parts.ts';

/** @param content attributes that hold the payload */
export function currentItem(state: RecordState, content: ContentAttributes) {
  const { attributes } = state;
  const { status, stage = 'none', customerName, dueOn = '9999-12-31' } = attributes;
  const engagementId = engagementIdOf(state);
  const catalogKind = `${state.catalog}/${state.kind}`;
  return {
    ...currentItemKey(state),
    ...stateAttributes(state),
    ...content,
    engagementId,
    catalogKind,
    modifiedAt: state.lastModifiedAt ?? state.readAt,
    catalogKindStatus: `${catalogKind}/${keyText(status ?? stage)}`,
    // Sorts after all due dates. Without this key the item would not be in the index.
    dueKey: keyText(dueOn),
    customerKey: customerName && customerKeyOf(customerName),
    engagementKey: engagementId && keyText(engagementId),
  };
}

/** Sort key of the index by customer: in lower case, so that a prefix in any case finds it. */
export function customerKeyOf(customerName: string): string {
  return keyText(customerName.toLowerCase());
}

/** @param content attributes that hold payload and changes */
export function versionItem(version: Version, outboxDueAt: Instant, content: ContentAttributes) {
  const { type, topics, cause, occurredAt, previousMessageId } = version;
  return {
    ...versionItemKey(version),
    ...stateAttributes(version),
    ...content,
    previousMessageId,
    type,
    topics,
    cause,
    occurredAt,
    outbox: 'pending',
    outboxDueAt,
  };
}

/** The engagement that the payload names, or else the one that the record is linked to. */
function engagementIdOf({ attributes, links }: RecordState): string | undefined {
  return attributes.engagementId ?? links.find(({ kind }) => kind === 'engagement')?.id;
}

function copiesOf({ title, customerName, stage, reviewStatus, status, ...rest }: RecordAttributes) {
  return {
    ...rest,
    title: copiedText(title),
    customerName: copiedText(customerName),
    stage: copiedText(stage),
    reviewStatus: copiedText(reviewStatus),
    status: copiedText(status),
  };
}

function stateAttributes(state: RecordState) {
  const { catalog, kind, id, version, messageId, contentHash, statusRank, readAt, lastModifiedAt } = state;
  const { tombstone, redacted, erased, links, solutions, announcedExpiration } = state;
  const { certainFrom, listedAs } = state;
  return {
    catalog,
    kind,
    id,
    version,
    messageId,
    contentHash,
    statusRank,
    readAt,
    lastModifiedAt,
    ...copiesOf(state.attributes),
    tombstone: tombstone || undefined,
    redacted: redacted || undefined,
    erased,
    links: links.length > 0 ? links : undefined,
    solutions: solutions.length > 0 ? solutions : undefined,
    announcedExpiration,
    certainFrom,
    listedAs,
  };
}

const text = v.optional(v.string('a text'));

const isLinkedKind = (kind: unknown): kind is LinkedKind =>
  typeof kind === 'string' && Object.hasOwn(linkedTopics, kind);
const link = v.object({
  kind: v.custom<LinkedKind>(isLinkedKind),
  id: v.string(),
  via: v.picklist(linkBases),
});
const links = v.optional(v.array(link, 'a list'), []);
const flag = v.optional(v.boolean('true or false'), false);

const state = v.object({
  catalog: v.string('a text'),
  kind: v.picklist(recordKinds, `one of ${recordKinds.join(', ')}`),
  id: v.string('a text'),
  version: wholeNumber(1, Number.MAX_SAFE_INTEGER).schema,
  contentHash: v.string('a text'),
  statusRank: wholeNumber(0, Number.MAX_SAFE_INTEGER).schema,
  readAt: storedInstant,
  lastModifiedAt: v.optional(storedInstant),
  tombstone: flag,
  redacted: flag,
  erased: v.optional(v.literal(true, 'true')),
  links,
  solutions: v.optional(v.array(v.object({ id: v.string(), name: text })), []),
  announcedExpiration: text,
  certainFrom: v.optional(storedInstant),
  listedAs: text,
});

const texts = v.array(v.string('a text'), 'a list of texts');
const announcement = v.object({ type: v.picklist(messageTypes, 'a type of message'), topics: texts });
const cause = v.object(
  { detailType: v.string('a text'), eventIds: texts, eventTime: storedInstant },
  'a map with detailType, eventIds and eventTime',
);

/** @throws ValiError if the item was edited by hand and is invalid. */
export function parseState(item: Item): RecordState {
  return stateIn(item, contentOf(item).payload);
}

export function parseVersion(item: Item): Version {
  const { payload, changes } = contentOf(item);
  const parsed = stateIn(item, payload);
  if (item['sk'] !== versionItemKey(parsed).sk) throw new TypeError('not the version in the key');
  return {
    ...parsed,
    ...messageIdsIn(parsed, item),
    ...v.parse(announcement, item),
    cause: v.parse(cause, item['cause']),
    occurredAt: v.parse(storedInstant, item['occurredAt']),
    changes,
  };
}

/**
 * Attributes are computed from the payload again. Those of the item are for queries, and hold more,
 * such as the engagement of a link.
 */
function stateIn(item: Item, payload: JsonObject): RecordState {
  const parsed = v.parse(state, item);
  if (item['pk'] !== recordPath(parsed)) throw new TypeError('not the record in the key');
  const { messageId } = messageIdsIn(parsed, item);
  return { ...parsed, messageId, attributes: attributesOf(parsed.kind, payload), payload };
}

export const announced = v.object({ catalog: v.string('a text'), redacted: flag, ...announcement.entries });

/** With the cause, from which the correlation id is derived. */
export const announcedWithCause = v.object({ ...announced.entries, cause });

/** What an item of each kind must have, besides its content. */
export const currentAttributes = { ...state.entries, ...messageIds.entries };
export const versionAttributes = {
  ...currentAttributes,
  ...announcement.entries,
  cause,
  occurredAt: storedInstant,
};
export const announcedAttributes = { ...announcedWithCause.entries, ...messageIds.entries };

/** See RecordHead. */
export const recordHead = v.object({
  readAt: storedInstant,
  lastModifiedAt: v.optional(storedInstant),
  certainFrom: v.optional(storedInstant),
  listedAs: text,
  status: text,
  tombstone: flag,
  links,
});
