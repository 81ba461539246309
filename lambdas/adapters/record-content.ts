import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import type { Change } from '../core/change.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** Attributes of one item, before they are marshalled. Undefined ones are left out. */
export type Item = Readonly<Record<string, unknown>>;

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

/** Payload and changes of an item, native or packed. @throws ValiError, SyntaxError */
export function contentOf(item: Item): v.InferOutput<typeof content> {
  const { packed } = item;
  return v.parse(content, packed instanceof Uint8Array ? JSON.parse(gunzipSync(packed).toString()) : item);
}
