import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import type { Change } from '../core/change.ts';
import { type Instant, parseInstant } from '../core/instant.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { messageTypes } from '../core/message-type.ts';
import { recordKinds } from '../core/record.ts';
import { currentItemKey, versionItemKey } from '../core/tables.ts';
import type { RecordState, Version } from '../core/version.ts';

/** Attributes of one item, before they are marshalled. Undefined ones are left out. */
export type Item = Readonly<Record<string, unknown>>;

export function currentItem(state: RecordState): Item {
  const { attributes } = state;
  const catalogKind = `${state.catalog}/${state.kind}`;
  return {
    ...currentItemKey(state),
    ...stateAttributes(state),
    ...stored({ payload: state.payload }),
    catalogKind,
    modifiedAt: state.lastModifiedAt ?? state.readAt,
    catalogKindStatus: `${catalogKind}/${keyPart(attributes.status ?? attributes.stage ?? 'none')}`,
    // Without a due date after all that have one: an item without the key would not be in the index at all.
    dueKey: keyPart(attributes.dueOn ?? '9999-12-31'),
    customerKey: attributes.customerName && keyPart(attributes.customerName.toLowerCase()),
    engagementKey: attributes.engagementId && keyPart(attributes.engagementId),
  };
}

export function versionItem(version: Version, outboxDueAt: Instant): Item {
  const { type, topics, cause, occurredAt, payload, changes } = version;
  return {
    ...versionItemKey(version),
    ...stateAttributes(version),
    ...stored({ payload, changes }),
    type,
    topics,
    cause,
    occurredAt,
    outbox: 'pending',
    outboxDueAt,
  };
}

function stateAttributes(state: RecordState): Item {
  const { catalog, kind, id, version, contentHash, statusRank, readAt, lastModifiedAt, tombstone } = state;
  return {
    catalog,
    kind,
    id,
    version,
    contentHash,
    statusRank,
    readAt,
    lastModifiedAt,
    ...state.attributes,
    tombstone: tombstone || undefined,
  };
}

/** DynamoDB takes key values up to 1,024 bytes; 200 characters are at most 800. */
function keyPart(text: string): string {
  // A character of two units may be cut in half, and half a character is none.
  return text.slice(0, 200).toWellFormed();
}

interface Content {
  readonly payload: JsonObject;
  readonly changes?: readonly Change[];
}

/** An item may hold 400 KB, and small numbers take more than twice the room in it that they take as JSON. */
const largestNativeBytes = 150_000;
/** DynamoDB nests 32 levels deep; the content sits a few levels down. */
const deepestNativeLevel = 24;
/** Names that DynamoDB, or the SDK's marshaller, takes for something else than a name. */
const unusableNames = new Set(['', '__proto__', 'constructor']);

/** The content as native maps, which PartiQL and filters can read; as compressed JSON where DynamoDB could not hold it so. */
function stored(content: Content): Item {
  const text = JSON.stringify(content);
  const changed = (content.changes ?? []).flatMap(({ path, before = null, after = null }) => [
    path,
    before,
    after,
  ]);
  const values = [content.payload, ...changed];
  const native = Buffer.byteLength(text) <= largestNativeBytes && values.every((value) => isNative(value, 0));
  return native ? { ...content } : { packed: gzipSync(text) };
}

function isNative(value: Json, level: number): boolean {
  if (typeof value === 'number')
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER && (value === 0 || Math.abs(value) > 1e-100);
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (level > deepestNativeLevel) return false;
  if (isJsonArray(value)) return value.every((element) => isNative(element, level + 1));
  return Object.entries(value).every(
    ([name, member]) => name.isWellFormed() && !unusableNames.has(name) && isNative(member, level + 1),
  );
}

const json = v.custom<Json>((value) => value !== undefined);
const jsonObject = v.custom<JsonObject>(isJsonObject);
const instant = v.custom<Instant>((value) => parseInstant(value) === value);
const text = v.optional(v.string());

const content = v.object({
  payload: jsonObject,
  changes: v.optional(
    v.array(v.object({ path: v.string(), before: v.optional(json), after: v.optional(json) })),
  ),
});

const attributes = v.object({
  title: text,
  customerName: text,
  stage: text,
  reviewStatus: text,
  status: text,
  dueOn: text,
  engagementId: text,
});

const state = v.object({
  catalog: v.string(),
  kind: v.picklist(recordKinds),
  id: v.string(),
  version: v.number(),
  contentHash: v.string(),
  statusRank: v.number(),
  readAt: instant,
  lastModifiedAt: v.optional(instant),
  tombstone: v.optional(v.boolean(), false),
});

const announcement = v.object({ type: v.picklist(messageTypes), topics: v.array(v.string()) });
const cause = v.object({ detailType: v.string(), eventIds: v.array(v.string()), eventTime: instant });

/** @throws ValiError where an item was changed by hand into something that is no record. */
export function parseState(item: Item): RecordState {
  return { ...v.parse(state, item), attributes: v.parse(attributes, item), payload: contentOf(item).payload };
}

export function parseVersion(item: Item): Version {
  const { payload, changes = [] } = contentOf(item);
  return {
    ...v.parse(state, item),
    ...v.parse(announcement, item),
    attributes: v.parse(attributes, item),
    cause: v.parse(cause, item['cause']),
    occurredAt: v.parse(instant, item['occurredAt']),
    payload,
    changes,
  };
}

export const announced = v.object({ catalog: v.string(), ...announcement.entries });

function contentOf(item: Item): v.InferOutput<typeof content> {
  const { packed } = item;
  return v.parse(content, packed instanceof Uint8Array ? JSON.parse(gunzipSync(packed).toString()) : item);
}
