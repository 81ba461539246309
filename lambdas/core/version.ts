import { type Change, diff } from './change.ts';
import { sha256 } from './digest.ts';
import { compareFreshness, type Freshness, lastModifiedAtOf, statusRankOf } from './freshness.ts';
import type { Instant } from './instant.ts';
import { canonicalJson, type JsonObject } from './json.ts';
import { type MessageType, messageTypeOf, topicsOf } from './message-type.ts';
import { attributesOf, type RecordAttributes, type RecordKey } from './record.ts';

/** Why a version came to be. */
export interface Cause {
  /** Detail-type of the newest event behind it. */
  readonly detailType: string;
  /** Ids of all events that one read answered, oldest first; the newest 100. */
  readonly eventIds: readonly string[];
  /** Time of the newest event. */
  readonly eventTime: Instant;
}

/** What one read of Partner Central showed, or what an event told where reading is no longer allowed. */
export interface Observation {
  readonly key: RecordKey;
  /** As AWS names it, nulls left out. */
  readonly payload: JsonObject;
  readonly readAt: Instant;
  readonly cause: Cause;
  /** True where access was taken away and the payload is the last known one with what the event told. */
  readonly tombstone?: boolean;
}

/** The present state of a record, or one of its versions: what both have in common. */
export interface RecordState extends RecordKey, Freshness {
  readonly version: number;
  readonly attributes: RecordAttributes;
  readonly payload: JsonObject;
  readonly tombstone: boolean;
}

/** An immutable numbered state, with what led to it. */
export interface Version extends RecordState {
  readonly type: MessageType;
  readonly topics: readonly string[];
  /** Against the version before; empty in version 1, which has none. */
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
  const next = stateOf(observation, (current?.version ?? 0) + 1);
  if (current?.contentHash === next.contentHash) return { outcome: 'unchanged' };
  if (current && compareFreshness(next, current) <= 0) return { outcome: 'stale' };
  const changes = current ? diff(current.payload, next.payload) : [];
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

function stateOf({ key, payload, readAt, tombstone = false }: Observation, version: number): RecordState {
  const attributes = attributesOf(key.kind, payload);
  return {
    catalog: key.catalog,
    kind: key.kind,
    id: key.id,
    version,
    attributes,
    payload,
    tombstone,
    lastModifiedAt: lastModifiedAtOf(payload),
    statusRank: statusRankOf(key.kind, payload),
    readAt,
    contentHash: sha256(canonicalJson(payload)),
  };
}
