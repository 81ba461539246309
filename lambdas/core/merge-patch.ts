import { escapePointer } from './change.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { parsePointer } from './pointer-selection.ts';

/** One value that a patch sets. Undefined: the patch removes the member. */
export interface PatchValue {
  /** JSON Pointer (RFC 6901) into the record. */
  readonly path: string;
  readonly value: Json | undefined;
}

/** Applies a JSON merge patch (RFC 7396): null removes a member, a list is replaced as a whole. */
export function applyMergePatch(target: Json | undefined, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, isJsonObject(value) ? applyMergePatch(merged.get(name), value) : value);
  }
  return Object.fromEntries(merged);
}

/** The values that a patch sets or removes, one for each innermost member. */
export function patchValues(patch: JsonObject): readonly PatchValue[] {
  return valuesIn(patch, '');
}

function valuesIn(patch: JsonObject, path: string): readonly PatchValue[] {
  return Object.entries(patch).flatMap(([name, value]) => {
    const inner = `${path}/${escapePointer(name)}`;
    if (isJsonObject(value)) return valuesIn(value, inner);
    return { path: inner, value: value ?? undefined };
  });
}

/** The value at a JSON Pointer of object members, or undefined if it is absent or null. */
export function memberAt(body: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = body;
  for (const step of parsePointer(path))
    value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value ?? undefined;
}
