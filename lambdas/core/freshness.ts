import { addMs, epochMsOf, type Instant, parseInstant } from './instant.ts';
import { at, type JsonObject } from './json.ts';
import { stringifyJson } from './json-text.ts';
import type { RecordKind } from './record.ts';
import { compareTexts } from './text-order.ts';

/** Decides which of two states of one record is newer. */
export interface Freshness {
  /** AWS's timestamp. The AWS-side summary and invitations have none. */
  readonly lastModifiedAt?: Instant | undefined;
  /** A final status outranks a status that can still change. */
  readonly statusRank: number;
  /** When the read began. A read that began later returns a state that is at least as new. */
  readonly readAt: Instant;
  readonly contentHash: string;
}

/**
 * A read may come from a replica that lags, but never by more than this, milliseconds. If time is
 * scaled, the functions below take another value.
 */
export const longestLagMs = 5 * 60_000;

/**
 * Returns a number above 0 if `a` is newer. Compares the status rank, then AWS's timestamps, then
 * the time of the read. The content hash breaks ties, so that all workers decide alike.
 */
export function compareFreshness(a: Freshness, b: Freshness, lagMs = longestLagMs): number {
  return (
    a.statusRank - b.statusRank ||
    compareTimestamps(a, b, lagMs) ||
    compareTexts(a.readAt, b.readAt) ||
    compareTexts(a.contentHash, b.contentHash)
  );
}

/**
 * Compares AWS's timestamps if both can be read and the reads began within `lagMs` of each other.
 * Otherwise returns 0: AWS's clock may go backwards, and the later read is right.
 */
function compareTimestamps(a: Freshness, b: Freshness, lagMs: number): number {
  if (a.lastModifiedAt === undefined || b.lastModifiedAt === undefined) return 0;
  return isFarApart(a, b, lagMs) ? 0 : compareTexts(a.lastModifiedAt, b.lastModifiedAt);
}

function isFarApart(a: Freshness, b: Freshness, lagMs: number): boolean {
  return Math.abs(epochMsOf(a.readAt) - epochMsOf(b.readAt)) > lagMs;
}

/**
 * Returns the time from which a read is certain to return the newer of two states, or a later one.
 * Returns undefined if the two are in order: AWS's order, by rank and timestamp, is the order of
 * their reads, or AWS gives no order, or the reads began more than `lagMs` apart.
 */
export function certainFromOf(a: Freshness, b: Freshness, lagMs = longestLagMs): Instant | undefined {
  const byAws = a.statusRank - b.statusRank || compareTimestamps(a, b, lagMs);
  const byRead = compareTexts(a.readAt, b.readAt);
  if (byAws === 0 || Math.sign(byAws) === byRead || isFarApart(a, b, lagMs)) return undefined;
  return addMs(byRead > 0 ? a.readAt : b.readAt, lagMs);
}

/** The later of the times from which a state is certain, of those that its read did not reach. */
export function latestUncertain(
  readAt: Instant,
  ...times: readonly (Instant | undefined)[]
): Instant | undefined {
  return times
    .flatMap((time) => (time !== undefined && time > readAt ? time : []))
    .toSorted()
    .at(-1);
}

/**
 * Returns AWS's timestamp if the payload has a valid one. For an engagement that was never
 * modified: its creation date.
 */
export function lastModifiedAtOf(kind: RecordKind, payload: JsonObject): Instant | undefined {
  if (kind !== 'engagement') return parseInstant(payload['LastModifiedDate']);
  return parseInstant(payload['ModifiedAt']) ?? parseInstant(payload['CreatedAt']);
}

/** Members that hold AWS's timestamp. The first one that is present counts. */
const timestampMembers: Readonly<Partial<Record<RecordKind, readonly string[]>>> = {
  opportunity: ['LastModifiedDate'],
  engagement: ['ModifiedAt', 'CreatedAt'],
};

/**
 * Whether AWS's timestamp is not a valid date-time, or is absent although the stored payload has
 * one. A record that never had a timestamp has none to read.
 */
export function isTimestampUnreadable(kind: RecordKind, payload: JsonObject, stored?: JsonObject): boolean {
  const member = timestampMembers[kind]?.find(
    (name) => payload[name] !== undefined || stored?.[name] !== undefined,
  );
  return member !== undefined && parseInstant(payload[member]) === undefined;
}

/** An unreadable timestamp is compared and sent in its first characters only. */
const maxTextLength = 64;

/**
 * Returns AWS's timestamp as text, to compare a read with a list: also one that cannot be read, or
 * `absent`. Returns undefined for a kind of record that has no timestamp.
 */
export function timestampTextOf(kind: RecordKind, payload: JsonObject): string | undefined {
  if (kind !== 'opportunity' && kind !== 'engagement') return undefined;
  const readable = lastModifiedAtOf(kind, payload);
  if (readable) return readable;
  const { LastModifiedDate, ModifiedAt, CreatedAt } = payload;
  const value = (kind === 'opportunity' ? LastModifiedDate : (ModifiedAt ?? CreatedAt)) ?? undefined;
  return value === undefined ? 'absent' : stringifyJson(value).slice(0, maxTextLength);
}

/** An invitation leaves PENDING once and never returns to it. No other record has such an order. */
export function statusRankOf(kind: RecordKind, payload: JsonObject): number {
  if (kind !== 'engagement-invitation') return 0;
  const status = at(payload, 'Status');
  return typeof status === 'string' && status !== 'PENDING' ? 1 : 0;
}
