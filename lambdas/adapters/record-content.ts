import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import type { Change } from '../core/change.ts';
import {
  deepestPayloadLevel,
  isDeeperThan,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
} from '../core/json.ts';

/** Attributes of one item before marshalling, which omits undefined ones. */
export type Item = Readonly<Record<string, unknown>>;

interface Content {
  readonly payload: JsonObject;
  readonly changes?: readonly Change[];
}

/**
 * An item holds at most 400 KB, and small numbers take more than twice as many bytes there as in
 * JSON.
 */
const largestNativeBytes = 150_000;
/** DynamoDB allows 32 levels of nesting, and the content is a few levels down. */
const deepestNativeLevel = 24;
/** Member names that DynamoDB or the SDK's marshaller does not store unchanged. */
const unusableNames = new Set(['', '__proto__', 'constructor']);

/**
 * Returns the content as native maps, which PartiQL and filters can read, or as compressed JSON if
 * DynamoDB cannot hold it.
 */
export function storedContent(content: Content): Content | { readonly packed: Uint8Array } {
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
const content = v.object({
  payload: v.custom<JsonObject>(isJsonObject),
  changes: v.optional(
    v.array(v.object({ path: v.string(), before: v.optional(json), after: v.optional(json) })),
    [],
  ),
});

/** Content wraps payloads, and the values of changes, in at most this number of levels. */
const wrappingLevels = 3;

/** Returns payload and changes of an item, native or packed. @throws ValiError, SyntaxError */
export function contentOf(item: Item): v.InferOutput<typeof content> {
  const { packed } = item;
  return v.parse(content, packed instanceof Uint8Array ? unpack(packed) : item);
}

function unpack(packed: Uint8Array): Json {
  const value: Json = JSON.parse(gunzipSync(packed).toString());
  if (isDeeperThan(deepestPayloadLevel + wrappingLevels, value))
    throw new SyntaxError('the packed content nests too deep');
  return value;
}
