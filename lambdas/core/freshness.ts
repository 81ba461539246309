import { epochMsOf, type Instant, parseInstant } from './instant.ts';
import { at, type JsonObject } from './json.ts';
import type { RecordKind } from './record.ts';

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

/** A read may come from a replica that lags, but never by more than this. */
const longestLagMs = 5 * 60_000;

/**
 * Returns a number above 0 if `a` is newer. Compares the status rank, then AWS's timestamps, then
 * the time of the read. The content hash breaks ties, so that all workers decide alike.
 */
export function compareFreshness(a: Freshness, b: Freshness): number {
  return (
    a.statusRank - b.statusRank ||
    compareTimestamps(a, b) ||
    compareText(a.readAt, b.readAt) ||
    compareText(a.contentHash, b.contentHash)
  );
}

/**
 * Compares AWS's timestamps if both can be read and the reads began within `longestLagMs` of each
 * other. Otherwise returns 0: AWS's clock may go backwards, and the later read is right.
 */
export function compareTimestamps(a: Freshness, b: Freshness): number {
  if (a.lastModifiedAt === undefined || b.lastModifiedAt === undefined) return 0;
  if (Math.abs(epochMsOf(a.readAt) - epochMsOf(b.readAt)) > longestLagMs) return 0;
  return compareText(a.lastModifiedAt, b.lastModifiedAt);
}

/**
 * Returns AWS's timestamp if the payload has a valid one. For an engagement that was never
 * modified: its creation date.
 */
export function lastModifiedAtOf(kind: RecordKind, payload: JsonObject): Instant | undefined {
  if (kind !== 'engagement') return parseInstant(payload['LastModifiedDate']);
  return parseInstant(payload['ModifiedAt']) ?? parseInstant(payload['CreatedAt']);
}

/** An invitation leaves PENDING once and never returns to it. No other record has such an order. */
export function statusRankOf(kind: RecordKind, payload: JsonObject): number {
  if (kind !== 'engagement-invitation') return 0;
  const status = at(payload, 'Status');
  return typeof status === 'string' && status !== 'PENDING' ? 1 : 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
