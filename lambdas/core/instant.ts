/**
 * A point in time as it is stored and compared everywhere: ISO-8601, milliseconds, Z.
 * AWS sends 0, 3 and 9 fraction digits for the same member; as strings those sort wrongly.
 */
export type Instant = `${string}Z`;

const iso8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Reads any ISO-8601 date-time, cutting fractions to milliseconds. Undefined where the text is none, or no day of the calendar. */
export function parseInstant(text: unknown): Instant | undefined {
  if (typeof text !== 'string' || !iso8601.test(text) || !isDay(text.slice(0, 10))) return undefined;
  const epochMs = Date.parse(text);
  return epochMs >= firstMs && epochMs <= lastMs ? instantOf(epochMs) : undefined;
}

/** Whether a text is a day of the calendar, `YYYY-MM-DD`: Date.parse takes 30 February for a day in March. */
export function isDay(text: string): boolean {
  const midnightMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(midnightMs) && new Date(midnightMs).toISOString().startsWith(text);
}

/** Years of four digits: others print, and sort, in another form. */
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
