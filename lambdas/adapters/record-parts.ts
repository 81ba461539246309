import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Change } from '../core/change.ts';
import type { JsonObject } from '../core/json.ts';
import { parseRecordPath, type RecordKey, type VersionRef } from '../core/record.ts';
import { type ItemKey, type PartsRef, partItemKey } from '../core/tables.ts';
import { contentOf, type Item, packedContent, storedContent } from './record-content.ts';

/** An item of DynamoDB holds 400 KB. The rest is left to the other attributes. */
const mostPackedBytes = 250_000;
const partBytes = 300_000;

/** A piece of packed content that is too large for one item. */
export interface Part {
  readonly key: ItemKey;
  readonly bytes: Uint8Array;
}

/** Names the parts of an item, together with the record and the version of the item. */
const partsName = v.object({
  hash: v.pipe(v.string(), v.hexadecimal()),
  count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999)),
});
type PartsName = v.InferOutput<typeof partsName>;

/** The attributes of an item that hold its content, or name the parts that do. */
export interface ContentAttributes {
  readonly payload?: unknown;
  readonly changes?: readonly Item[] | undefined;
  readonly packed?: Uint8Array | undefined;
  readonly payloadParts?: PartsName | undefined;
  readonly changesParts?: PartsName | undefined;
}

/** How the content of a version is stored. */
export interface StoredContents {
  readonly current: ContentAttributes;
  readonly version: ContentAttributes;
  /** Items that must be stored before the two. */
  readonly parts: readonly Part[];
}

export interface VersionContent extends VersionRef {
  readonly payload: JsonObject;
  readonly changes: readonly Change[];
}

/**
 * Cuts content into parts if it is too large for one item even when compressed. Current item and
 * version item name the same parts of the payload.
 */
export function storedContents(of: VersionContent): StoredContents {
  const { payload, changes } = of;
  const current = storedContent({ payload });
  const isPayloadLarge = 'packed' in current && current.packed.length > mostPackedBytes;
  const version = isPayloadLarge ? undefined : storedContent({ payload, changes });
  if (version && !('packed' in version && version.packed.length > mostPackedBytes))
    return { current, version, parts: [] };
  const cutPayload = isPayloadLarge ? cutIntoParts(of, current.packed) : undefined;
  const cutChanges =
    changes.length > 0 ? cutIntoParts(of, packedContent({ payload: {}, changes })) : undefined;
  const stored = cutPayload ? { payloadParts: cutPayload.name } : current;
  return {
    current: stored,
    version: { ...stored, changesParts: cutChanges?.name },
    parts: [...(cutPayload?.parts ?? []), ...(cutChanges?.parts ?? [])],
  };
}

function cutIntoParts(ref: VersionRef, packed: Uint8Array): { name: PartsName; parts: readonly Part[] } {
  const hash = hashOf(packed);
  const count = Math.ceil(packed.length / partBytes);
  const parts = Array.from({ length: count }, (_, index) => ({
    key: partItemKey({ ...ref, hash }, index),
    bytes: packed.subarray(index * partBytes, (index + 1) * partBytes),
  }));
  return { name: { hash, count }, parts };
}

function hashOf(packed: Uint8Array): string {
  return createHash('sha256').update(packed).digest('hex').slice(0, 32);
}

const owner = v.object({
  pk: v.pipe(v.string(), v.transform(parseRecordPath), v.custom<RecordKey>(Boolean)),
  version: v.number(),
});

/** Returns the version that an item is of. @throws ValiError */
export function ownerOf(item: Item): VersionRef {
  const { pk, version } = v.parse(owner, item);
  return { ...pk, version };
}

/** Keys of the parts of an item, in their order. */
export interface PartKeys {
  readonly payload: readonly ItemKey[];
  readonly changes: readonly ItemKey[];
}

/** @throws ValiError if the item was edited by hand and is invalid. */
export function partKeysOf(item: Item): PartKeys {
  const keysOf = (name: unknown) => {
    if (name === undefined) return [];
    const { hash, count } = v.parse(partsName, name);
    const ref = { ...ownerOf(item), hash };
    return Array.from({ length: count }, (_, index) => partItemKey(ref, index));
  };
  return { payload: keysOf(item['payloadParts']), changes: keysOf(item['changesParts']) };
}

/**
 * Returns an item with the content of its parts in place of their names.
 * @throws ValiError, SyntaxError if a part was edited by hand.
 */
export function withParts(item: Item, parts: Record<keyof PartKeys, readonly Uint8Array[]>): Item {
  const { payloadParts, changesParts, packed, ...rest } = item;
  const { payload } =
    parts.payload.length > 0 ? contentIn(payloadParts, parts.payload) : contentOf({ ...rest, packed });
  const changes = parts.changes.length > 0 ? contentIn(changesParts, parts.changes).changes : [];
  return { ...rest, payload, changes };
}

function contentIn(name: unknown, pieces: readonly Uint8Array[]): ReturnType<typeof contentOf> {
  const bytes = Buffer.concat(pieces);
  if (hashOf(bytes) !== v.parse(partsName, name).hash) throw new SyntaxError('a part was edited');
  return contentOf({ packed: bytes });
}

const named = v.object({ hash: v.string() });

/** Returns a name for each content that an item of a record has in parts. */
export function partNamesOf({ version, payloadParts, changesParts }: Item): readonly string[] {
  return [payloadParts, changesParts].flatMap((name) =>
    v.is(named, name) ? [partNameOf({ version: Number(version), hash: name.hash })] : [],
  );
}

export function partNameOf({ version, hash }: Pick<PartsRef, 'version' | 'hash'>): string {
  return `${version} ${hash}`;
}
