import { createCipheriv, createHash } from 'node:crypto';
import type { JsonObject } from '../../lambdas/core/json.ts';
import { opportunityPayload } from './payloads.ts';

/** Random text of this length, the same for the same seed. Compressed it keeps three quarters. */
export function randomText(length: number, seed: string): string {
  const key = createHash('sha256').update(seed).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const bytes = cipher.update(Buffer.alloc(Math.ceil(length * 0.75)));
  return bytes.toString('base64').slice(0, length);
}

/** An opportunity with many free texts that do not compress. @param seed also moves its time. */
export function incompressibleOpportunity(length: number, seed: number, id = 'O1234567'): JsonObject {
  const texts = Math.ceil(length / 50_000);
  return {
    ...opportunityPayload({ id, lastModifiedDate: `2026-03-1${seed}T10:00:00.000Z` }),
    Notes: Array.from({ length: texts }, (_, index) => randomText(length / texts, `${seed} ${index}`)),
  };
}
