import type { Json } from '../../../lambdas/core/json.ts';
import { characters, type Random } from '../seeded-random.ts';

// The service prints timestamps in three precisions, depending on the member. Code that compares
// them as text sorts them wrongly, so the simulator prints the same precisions.

/** `2026-03-09T01:50:25Z`: event times and CreatedDate. */
export function toSecond(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

/** `2026-03-09T01:50:25.685Z`, without a fraction on a whole second: LastModifiedDate. */
export function toMillisecond(epochMs: number): string {
  return epochMs % 1000 === 0 ? toSecond(epochMs) : new Date(epochMs).toISOString();
}

/** `2026-03-09T01:50:25.685385312Z`, trailing zeros left out: invitation and engagement dates. */
export function toNanosecond(epochMs: number, random: Random): string {
  const digits = `${new Date(epochMs).toISOString().slice(0, -1)}${characters(random, '0123456789', 6)}`;
  return `${digits.replace(/\.?0+$/, '')}Z`;
}

/** `2026-03-09`: target close and completion dates. */
export function toDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** Returns the timestamp in epoch milliseconds, or `fallbackMs` if the value is not a timestamp. */
export function parseEpochMs(value: Json | undefined, fallbackMs: number): number {
  const epochMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(epochMs) ? fallbackMs : epochMs;
}

export const dayMs = 24 * 60 * 60 * 1000;
