import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from './json.ts';

/** SHA-256 in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The same for the same content, whatever the order of its members. */
export function contentHashOf(payload: JsonObject): string {
  return sha256(canonicalJson(payload));
}
