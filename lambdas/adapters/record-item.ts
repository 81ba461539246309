import * as v from 'valibot';
import { lastModifiedAtOf } from '../core/freshness.ts';
import type { Intent, IntentRef } from '../core/intent.ts';
import type { JsonObject } from '../core/json.ts';
import { linkBases } from '../core/link.ts';
import { linkedKinds, messageTypes } from '../core/message-type.ts';
import { attributesOf, recordKinds, recordPath } from '../core/record.ts';
import { changedPathsOf, summaryMembersOf } from '../core/record-summary.ts';
import { currentItemKey, itemFormat, versionItemKey } from '../core/tables.ts';
import { storedInstant, wholeNumber } from '../core/value-schema.ts';
import { knownAtOf, type RecordState, type Version } from '../core/version.ts';
import { copiedText, keyText } from './dynamodb-attributes.ts';
import { messageIds, messageIdsIn } from './message-ids.ts';
import { contentOf, type Item, toMarshallable } from './record-content.ts';
import type { ContentAttributes } from './record-parts.ts';

/** `dueKey` of a record without a date: it sorts after all due dates. */
export const undated = '9999-12-31';

/** Ends the key by status of a record without status and stage. */
export const noStage = 'none';

/** @param content attributes that hold the payload */
export function currentItem(state: RecordState, content: ContentAttributes) {
  const { status, stage = noStage, customerName, dueOn = undated } = state.attributes;
  const summary = currentSummary(state);
  const { engagementId, partnerId, modifiedAt } = summary;
  const catalogKind = `${state.catalog}/${state.kind}`;
  return {
    ...currentItemKey(state),
    ...stateAttributes(state),
    ...content,
    lastModifiedAt: state.lastModifiedAt,
    summary,
    catalogKind,
    modifiedAt,
    catalogKindStatus: `${catalogKind}/${keyText(status ?? stage)}`,
    // Without this key the item would not be in the index.
    dueKey: keyText(dueOn),
    customerKey: customerName && customerKeyOf(customerName),
    engagementKey: engagementId && keyText(engagementId),
    partnerKey: partnerId && keyText(partnerId),
  };
}

/** What lists print. Nothing that changes without a version, such as `readAt` of a confirmation. */
function currentSummary(state: RecordState) {
  const { attributes, payload, kind, version, tombstone } = state;
  const { title, customerName, stage, reviewStatus, status, dueOn } = attributes;
  const { partnerId, amount, currency, nextSteps, owner, score, accountManager, origin } = summaryMembersOf(
    kind,
    payload,
  );
  return {
    version,
    title: copiedText(title),
    customerName: copiedText(customerName),
    partnerId: copiedText(partnerId),
    stage: copiedText(stage),
    reviewStatus: copiedText(reviewStatus),
    status: copiedText(status),
    dueOn,
    modifiedAt: state.lastModifiedAt ?? state.readAt,
    amount: amount === undefined ? undefined : toMarshallable(amount),
    currency: copiedText(currency),
    nextSteps: copiedText(nextSteps),
    owner: copiedText(owner),
    score: copiedText(score),
    accountManager: copiedText(accountManager),
    origin: copiedText(origin),
    engagementId: engagementIdOf(state),
    tombstone: tombstone || undefined,
    // So that `reconcile` finds due reminders without reading the items.
    erased: state.erased,
    waitsSince: state.waitsSince,
    announcedReminders: state.announcedReminders,
  };
}

/** Sort key of the index by customer: in lower case, so that a prefix in any case finds it. */
export function customerKeyOf(customerName: string): string {
  return keyText(customerName.toLowerCase());
}

/** @param content attributes that hold payload and changes */
export function versionItem(version: Version, content: ContentAttributes) {
  const { type, topics, cause, occurredAt, previousMessageId, changes, echoes } = version;
  const knownAt = knownAtOf(version);
  return {
    ...versionItemKey(version),
    ...stateAttributes(version),
    ...content,
    previousMessageId,
    type,
    topics,
    cause,
    occurredAt,
    echoes,
    // Without the type, which is the first topic: each KB of an item costs a write unit.
    summary: { topics, ...changedPathsOf(changes) },
    dayKey: `${version.catalog}/${version.kind}#${knownAt.slice(0, 10)}`,
    knownAt,
  };
}

/** The engagement that the payload names, or else the one that the record is linked to. */
function engagementIdOf({ attributes, links }: RecordState): string | undefined {
  return attributes.engagementId ?? links.find(({ kind }) => kind === 'engagement')?.id;
}

function stateAttributes(state: RecordState) {
  const { catalog, kind, id, version, messageId, contentHash, statusRank, readAt } = state;
  const { tombstone, redacted, erased, links, solutions, announcedExpiration } = state;
  const { waitsSince, announcedReminders, certainFrom, listedAs, reflectedCommand } = state;
  return {
    format: itemFormat,
    catalog,
    kind,
    id,
    version,
    messageId,
    contentHash,
    statusRank,
    readAt,
    tombstone: tombstone || undefined,
    redacted: redacted || undefined,
    erased,
    links: links.length > 0 ? links : undefined,
    solutions: solutions.length > 0 ? solutions : undefined,
    announcedExpiration,
    waitsSince,
    announcedReminders,
    certainFrom,
    listedAs,
    reflectedCommand,
  };
}

const text = v.optional(v.string('a text'));

/** Names of attributes in items of 0.1.0. */
// cspell:disable-next-line
const renamed = { announcedExpiration: 'expiringTold' } as const;

const link = v.object({
  kind: v.picklist(linkedKinds),
  id: v.string(),
  via: v.picklist(linkBases),
});
const links = v.optional(v.array(link, 'a list'), []);
const flag = v.optional(v.boolean('true or false'), false);

/** See RecordState. A later release may have other reminders. */
const announcedReminders = v.optional(v.record(v.string(), storedInstant, 'a map of date-times'));

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
  waitsSince: v.optional(storedInstant),
  announcedReminders,
  certainFrom: v.optional(storedInstant),
  listedAs: text,
  reflectedCommand: text,
});

const echo = v.object({
  client: v.string(),
  commands: v.array(v.object({ id: v.string(), key: v.string() })),
});
/** See Version. Versions of earlier releases have none. */
const echoes = v.optional(v.array(echo, 'a list of maps with client and commands'));

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
    echoes: v.parse(echoes, item['echoes']),
    changes,
  };
}

/**
 * Attributes and AWS's timestamp are computed from the payload again: versions have neither. The
 * summary of the item is for lists alone.
 */
function stateIn(item: Item, payload: JsonObject): RecordState {
  const parsed = v.parse(state, item);
  if (item['pk'] !== recordPath(parsed)) throw new TypeError('not the record in the key');
  const { messageId } = messageIdsIn(parsed, item);
  return {
    ...parsed,
    messageId,
    lastModifiedAt: parsed.lastModifiedAt ?? lastModifiedAtOf(parsed.kind, payload),
    announcedExpiration: parsed.announcedExpiration ?? v.parse(text, item[renamed.announcedExpiration]),
    attributes: attributesOf(parsed.kind, payload),
    payload,
  };
}

export const announced = v.object({
  catalog: v.string('a text'),
  redacted: flag,
  echoes,
  ...announcement.entries,
});

/** With the cause, from which the correlation id is derived. */
export const announcedWithCause = v.object({ ...announced.entries, cause });

/** What an item of each kind must have, besides its content. */
export const currentAttributes = { ...state.entries, ...messageIds.entries };
export const versionAttributes = {
  ...currentAttributes,
  ...announcement.entries,
  cause,
  occurredAt: storedInstant,
  echoes,
};
export const announcedAttributes = { ...announcedWithCause.entries, ...messageIds.entries };

export const intentAttributes = {
  ...announcement.entries,
  cause,
  occurredAt: storedInstant,
  readAt: storedInstant,
  previousMessageId: messageIds.entries.previousMessageId,
  echoes,
};
const intent = v.object(intentAttributes);

/** @throws ValiError if the item was edited by hand and is invalid. */
export function parseIntent(ref: IntentRef, item: Item): Intent {
  return { ...ref, ...v.parse(intent, item) };
}

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

/** What the summary in an index says about the reminders of an opportunity. */
export const reminderSource = v.object({
  stage: text,
  reviewStatus: text,
  dueOn: text,
  modifiedAt: v.optional(storedInstant),
  erased: v.optional(v.literal(true)),
  waitsSince: v.optional(storedInstant),
  announcedReminders,
});
