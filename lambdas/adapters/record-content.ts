import { gunzipSync, gzipSync } from 'node:zlib';
import { NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import type { Change } from '../core/change.ts';
import { decimalOf } from '../core/decimal.ts';
import { ExactNumber } from '../core/exact-number.ts';
import {
  deepestPayloadLevel,
  isDeeperThan,
  isJsonArray,
  isJsonContainer,
  isJsonObject,
  type Json,
  type JsonObject,
} from '../core/json.ts';
import { parseJson, stringifyJson } from '../core/json-text.ts';

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
 * Numbers of DynamoDB have up to 38 digits and, apart from zero, a size of 1E-130 to 9.99…E+125.
 */
const mostDigits = 38;
const leastMagnitude = -129n;
const mostMagnitude = 126n;

/**
 * Returns the content as native maps, which PartiQL and filters can read, or as compressed JSON if
 * DynamoDB cannot hold it.
 */
export function storedContent(content: Content): StoredContent {
  const text = stringifyJson(content);
  const changed = (content.changes ?? []).flatMap(({ path, before = null, after = null }) => [
    path,
    before,
    after,
  ]);
  const values = [content.payload, ...changed];
  const isSmall = Buffer.byteLength(text) <= largestNativeBytes;
  if (!isSmall || !values.every((value) => isNative(value, 0))) return { packed: gzipSync(text) };
  const { payload, changes } = content;
  return { payload: toMarshallable(payload), ...(changes && { changes: changes.map(toMarshallableChange) }) };
}

type StoredContent =
  | { readonly payload: unknown; readonly changes?: readonly Item[] }
  | { readonly packed: Uint8Array };

/** Returns content as compressed JSON, as `contentOf` reads it. */
export function packedContent(content: Content): Uint8Array {
  return gzipSync(stringifyJson(content));
}

function isNative(value: Json, level: number): boolean {
  if (typeof value === 'number' || value instanceof ExactNumber) return isNativeNumber(String(value));
  if (typeof value === 'string') return value.isWellFormed();
  if (!isJsonContainer(value)) return true;
  if (level > deepestNativeLevel) return false;
  if (isJsonArray(value)) return value.every((element) => isNative(element, level + 1));
  return Object.entries(value).every(
    ([name, member]) => name.isWellFormed() && !unusableNames.has(name) && isNative(member, level + 1),
  );
}

function isNativeNumber(text: string): boolean {
  const { sign, digits, magnitude } = decimalOf(text);
  return (
    sign === 0 || (digits.length <= mostDigits && magnitude >= leastMagnitude && magnitude <= mostMagnitude)
  );
}

/** The SDK refuses large numbers of JavaScript, even exact ones, and takes their digits. */
export function toMarshallable(value: Json): unknown {
  if (
    value instanceof ExactNumber ||
    (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
  )
    return NumberValue.from(String(value));
  if (isJsonArray(value)) return value.map(toMarshallable);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toMarshallable(inner)]));
}

function toMarshallableChange({ path, before, after }: Change): Item {
  return {
    path,
    before: before === undefined ? undefined : toMarshallable(before),
    after: after === undefined ? undefined : toMarshallable(after),
  };
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
  const value = parseJson(gunzipSync(packed).toString());
  if (isDeeperThan(deepestPayloadLevel + wrappingLevels, value))
    throw new SyntaxError('the packed content nests too deep');
  return value;
}
