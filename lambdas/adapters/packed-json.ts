import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { deepestPayloadLevel, isDeeperThan, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { stringifyJson, tryParseJson } from '../core/json-text.ts';

/** Compressed JSON: exact numbers, any names and any depth, and fewer bytes than native maps. */
export function packJson(value: unknown): Uint8Array {
  return gzipSync(stringifyJson(value));
}

/** Parses what `packJson` made, with a schema. */
export function unpackedWith<Output>(schema: v.GenericSchema<unknown, Output>, allowed: string) {
  return v.pipe(
    v.custom<unknown>((packed) => v.is(schema, unpackJson(packed)), allowed),
    v.transform(unpackJson),
    schema,
  );
}

/** Returns undefined if it is not what `packJson` makes. */
export function unpackJson(packed: unknown): Json | undefined {
  if (!(packed instanceof Uint8Array)) return undefined;
  try {
    const value = tryParseJson(gunzipSync(packed).toString());
    return value === undefined || isDeeperThan(deepestPayloadLevel, value) ? undefined : value;
  } catch {
    return undefined;
  }
}

export const packedObject = v.custom<JsonObject>(isJsonObject, 'an object');

/** JSON has no undefined: a value that was absent has no `value`. */
export const packedPatchValues = v.array(
  v.pipe(
    v.object({ path: v.string(), value: v.exactOptional(v.custom<Json>((value) => value !== undefined)) }),
    v.transform(({ path, value }) => ({ path, value })),
  ),
);
