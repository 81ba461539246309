/**
 * A timestamp in the only form that is stored and compared: ISO-8601 with milliseconds and Z.
 * AWS sends 0, 3 or 9 fraction digits for the same member, which do not sort as strings.
 */
export type Instant = `${string}Z`;

export const dayMs = 86_400_000;

const iso8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Parses an ISO-8601 date-time, with or without seconds, and truncates it to milliseconds. Returns
 * undefined if it is not a valid date-time or has no zone.
 */
export function parseInstant(text: unknown): Instant | undefined {
  if (typeof text !== 'string' || !iso8601.test(text) || !isDay(text.slice(0, 10))) return undefined;
  const epochMs = Date.parse(text);
  return epochMs >= firstMs && epochMs <= lastMs ? instantOf(epochMs) : undefined;
}

/** Whether a text is a valid date, `YYYY-MM-DD`. Date.parse alone would accept 30 February. */
export function isDay(text: string): boolean {
  const midnightMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(midnightMs) && new Date(midnightMs).toISOString().startsWith(text);
}

/** Years with four digits only: others print and sort differently. */
const firstMs = Date.parse('0000-01-01T00:00:00.000Z');
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');

export function instantOf(epochMs: number): Instant {
  return `${new Date(epochMs).toISOString().slice(0, -1)}Z`;
}

export function epochMsOf(instant: Instant): number {
  return Date.parse(instant);
}

export function addMs(instant: Instant, byMs: number): Instant {
  return instantOf(epochMsOf(instant) + byMs);
}
