import { createHash } from 'node:crypto';
import type { JsonObject } from './json.ts';
import { canonicalJson } from './json-text.ts';

/** Returns SHA-256 in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Does not depend on the order of members. */
export function contentHashOf(payload: JsonObject): string {
  return sha256(canonicalJson(payload));
}
