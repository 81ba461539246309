import { type Change, diff } from './change.ts';
import { contentHashOf } from './digest.ts';
import { compareFreshness, type Freshness, lastModifiedAtOf, statusRankOf } from './freshness.ts';
import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import type { Link } from './link.ts';
import { type MessageType, messageTypeOf, topicsOf } from './message-type.ts';
import { attributesOf, type RecordAttributes, type RecordKey } from './record.ts';
import { redactChanges } from './redaction.ts';

/** Why a version came to be. */
export interface Cause {
  /** Detail-type of the newest event behind it. */
  readonly detailType: string;
  /** Ids of all events that one read answered, oldest first; the newest 100. Of a reconciled event, the run. */
  readonly eventIds: readonly string[];
  /** Time of the newest event. */
  readonly eventTime: Instant;
}

/** A partner solution that an opportunity names, with its name where it was found. */
export interface Solution {
  readonly id: string;
  readonly name?: string | undefined;
}

/** What one read of Partner Central showed, or what an event told where reading is no longer allowed. */
export interface Observation {
  readonly key: RecordKey;
  /** As AWS names it, nulls left out. */
  readonly payload: JsonObject;
  readonly readAt: Instant;
  readonly cause: Cause;
  /** Solutions that the payload names. @default none */
  readonly solutions?: readonly Solution[];
  /** True where access was taken away and the payload is the last known one with what the event told. */
  readonly tombstone?: boolean;
  /** True where the sensitive members were left out of the payload, so that earlier versions must lose them too. */
  readonly redacted?: boolean;
}

/** The present state of a record, or one of its versions: what both have in common. */
export interface RecordState extends RecordKey, Freshness {
  readonly version: number;
  readonly attributes: RecordAttributes;
  readonly payload: JsonObject;
  readonly tombstone: boolean;
  readonly redacted: boolean;
  /** Records that belong to this one. */
  readonly links: readonly Link[];
  readonly solutions: readonly Solution[];
  /** The expiration that was already announced as near. */
  readonly announcedExpiration?: string | undefined;
}

/** An immutable numbered state, with what led to it. */
export interface Version extends RecordState {
  readonly type: MessageType;
  readonly topics: readonly string[];
  /** Against the version before; empty in version 1, which has none, and where only what stands beside the payload is new. */
  readonly changes: readonly Change[];
  readonly cause: Cause;
  /** When it happened, as far as is known: AWS's stamp, else the time of the event. */
  readonly occurredAt: Instant;
}

export type Decision =
  | { readonly outcome: 'stored'; readonly version: Version }
  /** The same content: `readAt` may advance, nothing else. */
  | { readonly outcome: 'unchanged' }
  /** An older state than the stored one. */
  | { readonly outcome: 'stale' };

/** Decides what an observation means for a record. Pure, so that a lost race is decided again on what then stands. */
export function decide(current: RecordState | undefined, observation: Observation): Decision {
  const next = stateOf(observation, current);
  if (current?.contentHash === next.contentHash) return { outcome: 'unchanged' };
  if (current && compareFreshness(next, current) <= 0) return { outcome: 'stale' };
  const found = current ? diff(current.payload, next.payload) : [];
  const changes = next.redacted ? redactChanges(found) : found;
  const type = messageTypeOf(next.kind, next.version, current?.attributes.status, next.attributes.status);
  const version: Version = {
    ...next,
    type,
    topics: topicsOf(next.kind, type, changes),
    changes,
    cause: observation.cause,
    occurredAt: next.lastModifiedAt ?? observation.cause.eventTime,
  };
  return { outcome: 'stored', version };
}

/** What a version says that differs from the one before in nothing that Partner Central holds. */
export interface Restatement {
  readonly type: MessageType;
  readonly topics: readonly string[];
  readonly cause: Cause;
  readonly links?: readonly Link[];
  readonly announcedExpiration?: string;
}

/** The same state once more, under the next number: something was learned that stands beside the payload. */
export function restate(
  current: RecordState,
  { type, topics, cause, links, announcedExpiration }: Restatement,
): Version {
  return {
    ...current,
    version: current.version + 1,
    links: links ?? current.links,
    announcedExpiration: announcedExpiration ?? current.announcedExpiration,
    type,
    topics,
    changes: [],
    cause,
    occurredAt: cause.eventTime,
  };
}

function stateOf(observation: Observation, current: RecordState | undefined): RecordState {
  const { key, payload, readAt, solutions = [], tombstone = false, redacted = false } = observation;
  return {
    catalog: key.catalog,
    kind: key.kind,
    id: key.id,
    version: (current?.version ?? 0) + 1,
    attributes: attributesOf(key.kind, payload),
    payload,
    tombstone,
    redacted,
    links: current?.links ?? [],
    solutions,
    announcedExpiration: current?.announcedExpiration,
    lastModifiedAt: lastModifiedAtOf(key.kind, payload),
    statusRank: statusRankOf(key.kind, payload),
    readAt,
    contentHash: contentHashOf(payload),
  };
}
