/**
 * A point in time as it is stored and compared everywhere: ISO-8601, milliseconds, Z.
 * AWS sends 0, 3 and 9 fraction digits for the same member; as strings those sort wrongly.
 */
export type Instant = `${string}Z`;

const iso8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Reads any ISO-8601 date-time, cutting fractions to milliseconds. Undefined where the text is none. */
export function parseInstant(text: unknown): Instant | undefined {
  if (typeof text !== 'string' || !iso8601.test(text)) return undefined;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : instantOf(epochMs);
}

export function instantOf(epochMs: number): Instant {
  return `${new Date(epochMs).toISOString().slice(0, -1)}Z`;
}

export function epochMsOf(instant: Instant): number {
  return Date.parse(instant);
}

export function later(instant: Instant, byMs: number): Instant {
  return instantOf(epochMsOf(instant) + byMs);
}
