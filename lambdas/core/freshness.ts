import { type Instant, parseInstant } from './instant.ts';
import { at, type JsonObject } from './json.ts';
import type { RecordKind } from './record.ts';

/** What decides which of two states of one record is newer. */
export interface Freshness {
  /** AWS's own stamp; the AWS-side summary and invitations have none. */
  readonly lastModifiedAt?: Instant | undefined;
  /** A state that cannot be left again outranks one that can. */
  readonly statusRank: number;
  /** When the read began: whoever asked later saw a state at least as new. */
  readonly readAt: Instant;
  readonly contentHash: string;
}

/**
 * Above 0 where `a` is newer. In this order: AWS's stamp, status rank, time of the read; a content hash settles what is left,
 * so that any two workers who compare the same two states agree.
 */
export function compareFreshness(a: Freshness, b: Freshness): number {
  return (
    compareText(a.lastModifiedAt ?? '', b.lastModifiedAt ?? '') ||
    a.statusRank - b.statusRank ||
    compareText(a.readAt, b.readAt) ||
    compareText(a.contentHash, b.contentHash)
  );
}

/** AWS's own stamp, where a payload has one that is a date. An engagement that was never modified has the date of its creation. */
export function lastModifiedAtOf(kind: RecordKind, payload: JsonObject): Instant | undefined {
  if (kind !== 'engagement') return parseInstant(payload['LastModifiedDate']);
  return parseInstant(payload['ModifiedAt']) ?? parseInstant(payload['CreatedAt']);
}

/** An invitation leaves PENDING once and never comes back; nothing else in Partner Central has such an order. */
export function statusRankOf(kind: RecordKind, payload: JsonObject): number {
  if (kind !== 'engagement-invitation') return 0;
  const status = at(payload, 'Status');
  return typeof status === 'string' && status !== 'PENDING' ? 1 : 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
