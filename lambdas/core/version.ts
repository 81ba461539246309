import { type Change, diff } from './change.ts';
import { contentHashOf } from './digest.ts';
import { eraseChanges, erasePayload } from './erasure.ts';
import {
  certainFromOf,
  compareFreshness,
  type Freshness,
  lastModifiedAtOf,
  latestUncertain,
  longestLagMs,
  statusRankOf,
  timestampTextOf,
} from './freshness.ts';
import { type MessageId, messageIdOf } from './ids.ts';
import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import type { NamedCommand } from './line.ts';
import type { Link } from './link.ts';
import { type MessageType, messageTypeOf, topicsOf } from './message-type.ts';
import { attributesOf, type RecordAttributes, type RecordKey } from './record.ts';
import { redactChanges } from './redaction.ts';
import { nextWaitsSince } from './review-wait.ts';

/** Why a version was stored. */
export interface Cause {
  /** Detail-type of the newest event behind it. */
  readonly detailType: string;
  /** Ids of the events behind it, oldest first, at most the newest 100; or the id of the run. */
  readonly eventIds: readonly string[];
  /** Time of the newest event. */
  readonly eventTime: Instant;
}

/** A partner solution that an opportunity refers to, with its name if it is known. */
export interface Solution {
  readonly id: string;
  readonly name?: string | undefined;
}

/** What a read returned, or what an event reported if reading is no longer allowed. */
export interface Observation {
  readonly key: RecordKey;
  /** The response body of AWS without null members. */
  readonly payload: JsonObject;
  readonly readAt: Instant;
  readonly cause: Cause;
  /** See RecordState. Set if a list that was read before this read has another timestamp. */
  readonly listedAs?: string | undefined;
  /** Solutions that the payload refers to. @default [] */
  readonly solutions?: readonly Solution[];
  /** True if access was taken away: the last known payload with the reported status. */
  readonly tombstone?: boolean;
  /** True if the payload lost its sensitive members: earlier versions must lose them too. */
  readonly redacted?: boolean;
  /** True if the record that it belongs to was erased, so that nothing else of it may be stored. */
  readonly erased?: true | undefined;
  /**
   * The record that it belongs to. If that one is erased meanwhile, the first state is not stored,
   * unless this observation says `erased`.
   */
  readonly owner?: RecordKey | undefined;
}

/** What the current state of a record and each of its versions have in common. */
export interface RecordState extends RecordKey, Freshness {
  readonly version: number;
  /** The message of this version. */
  readonly messageId: MessageId;
  readonly attributes: RecordAttributes;
  readonly payload: JsonObject;
  readonly tombstone: boolean;
  readonly redacted: boolean;
  /** True after an erasure: ids, status, stage and dates are left, also in later versions. */
  readonly erased?: true | undefined;
  /** Related records. */
  readonly links: readonly Link[];
  readonly solutions: readonly Solution[];
  /** The expiration date that an `engagement_invitation.expiring` version has announced. */
  readonly announcedExpiration?: string | undefined;
  /**
   * Since when an opportunity waits for the end of AWS's review, or for an action of the partner.
   * Undefined if it waits for neither.
   */
  readonly waitsSince?: Instant | undefined;
  /** The reminders that versions have announced: when each situation began, by its name. */
  readonly announcedReminders?: Readonly<Record<string, Instant>> | undefined;
  /**
   * Set if reads and AWS's timestamps disagree about which state is newer: the state is certain
   * once it comes from a read that began at this time or later.
   */
  readonly certainFrom?: Instant | undefined;
  /**
   * AWS's timestamp of this state in lists, if it is not `lastModifiedAt`: the text of one that
   * cannot be read, or an older one of a list that disagrees with the read.
   */
  readonly listedAs?: string | undefined;
  /**
   * Id of the newest command for this record that this state, or one before, reflects. Neither it
   * nor an earlier one explains a later change.
   */
  readonly reflectedCommand?: string | undefined;
}

/** The commands of one client that explain a version: it shows the client only its own changes. */
export interface Echo {
  readonly client: string;
  readonly commands: readonly Pick<NamedCommand, 'id' | 'key'>[];
}

/** The echo for a client, undefined if a version has changes that are not its own. */
export function echoFor(
  { echoes = [] }: Pick<Version, 'echoes'>,
  client: string | undefined,
): Echo | undefined {
  return client === undefined ? undefined : echoes.find((echo) => echo.client === client);
}

/** An immutable numbered state with its cause. */
export interface Version extends RecordState {
  /** The message of the version before. Undefined in version 1. */
  readonly previousMessageId?: MessageId | undefined;
  readonly type: MessageType;
  readonly topics: readonly string[];
  /** Differences from the payload of the version before. Empty in version 1. */
  readonly changes: readonly Change[];
  readonly cause: Cause;
  /** When the change happened: AWS's timestamp, else the time of the event. */
  readonly occurredAt: Instant;
  /** For each client whose commands explain all changes. A message names only its receiver's. */
  readonly echoes?: readonly Echo[] | undefined;
}

/**
 * When the relay learnt of a version. One with only new links has an old `readAt`: the time of its
 * cause counts.
 */
export function knownAtOf({
  readAt,
  cause,
}: {
  readonly readAt: Instant;
  readonly cause: Pick<Cause, 'eventTime'>;
}): Instant {
  return readAt > cause.eventTime ? readAt : cause.eventTime;
}

/** What the state of a version does not say about it. Its changes can be computed again. */
export type Announcement = Pick<
  Version,
  'type' | 'topics' | 'cause' | 'occurredAt' | 'readAt' | 'previousMessageId' | 'echoes'
>;

export type Decision =
  | { readonly outcome: 'stored'; readonly version: Version }
  /** The same content: only `readAt` may advance. */
  | { readonly outcome: 'unchanged' }
  /** An older state than the stored one. */
  | { readonly outcome: 'stale' };

/**
 * Decides what an observation means for a record. Called again if another worker wrote.
 * @param lagMs see `longestLagMs`
 */
export function decide(
  current: RecordState | undefined,
  observation: Observation,
  lagMs = longestLagMs,
): Decision {
  const next = stateOf(observation, current);
  if (current?.contentHash === next.contentHash) return { outcome: 'unchanged' };
  if (current && compareFreshness(next, current, lagMs) <= 0) return { outcome: 'stale' };
  const certainFrom = current && certainFromOf(next, current, lagMs);
  const changes = changesBetween(current, next);
  const type = messageTypeOf(next.kind, next.version, current?.attributes.status, next.attributes.status);
  const version = identify(current, {
    ...next,
    type,
    topics: topicsOf(next.kind, type, changes),
    changes,
    cause: observation.cause,
    certainFrom: latestUncertain(next.readAt, current?.certainFrom, certainFrom),
    occurredAt: next.lastModifiedAt ?? observation.cause.eventTime,
  });
  return { outcome: 'stored', version };
}

/** Makes the next version of a record without its personal data. Later versions stay without. */
export function eraseRecord(current: RecordState, cause: Cause): Version {
  const { kind, attributes, payload: whole } = current;
  const payload = erasePayload(whole);
  const number = current.version + 1;
  const type = messageTypeOf(kind, number, attributes.status, attributes.status);
  return identify(current, {
    ...current,
    version: number,
    payload,
    attributes: attributesOf(kind, payload),
    contentHash: contentHashOf(payload),
    solutions: [],
    erased: true,
    type,
    topics: [type],
    changes: changesBetween(current, { payload, redacted: current.redacted, erased: true }),
    cause,
    occurredAt: cause.eventTime,
  });
}

type Content = Pick<RecordState, 'payload' | 'redacted' | 'erased'>;

/** The changes that a version lists, without values that must not be stored. */
function changesBetween(before: Content | undefined, after: Content): readonly Change[] {
  if (!before) return [];
  const changes = diff(before.payload, after.payload);
  if (after.erased && !before.erased) return eraseChanges(changes);
  return after.redacted ? redactChanges(changes) : changes;
}

/**
 * Makes the version of a current state again, after the worker that committed it has crashed.
 * @param before the version before; undefined for version 1, or if that version is unreadable: then
 *   no changes are listed
 * @param announcement undefined if it was lost: then it is made from the two states
 */
export function versionOfState(
  state: RecordState,
  before: RecordState | undefined,
  announcement: Announcement | undefined,
): Version {
  const changes = changesBetween(before, state);
  const { type, topics, cause, occurredAt, readAt, previousMessageId, echoes } =
    announcement ?? announce(state, before, changes);
  return { ...state, type, topics, cause, occurredAt, readAt, previousMessageId, changes, echoes };
}

function announce(
  { kind, version, attributes, lastModifiedAt, readAt }: RecordState,
  before: RecordState | undefined,
  changes: readonly Change[],
): Announcement {
  const type = messageTypeOf(kind, version, before?.attributes.status, attributes.status);
  return {
    type,
    topics: topicsOf(kind, type, changes),
    cause: { detailType: 'unknown', eventIds: [], eventTime: readAt },
    occurredAt: lastModifiedAt ?? readAt,
    readAt,
    previousMessageId: before?.messageId,
  };
}

/** A version that has the payload of the version before. */
export interface Restatement {
  readonly type: MessageType;
  readonly topics: readonly string[];
  readonly cause: Cause;
  readonly links?: readonly Link[];
  readonly announcedExpiration?: string;
  /** Added to those of the current state. */
  readonly announcedReminders?: Readonly<Record<string, Instant>>;
}

/** Makes the next version with the same payload: for a new link, or an announcement. */
export function restate(
  current: RecordState,
  { type, topics, cause, links, announcedExpiration, announcedReminders }: Restatement,
): Version {
  return identify(current, {
    ...current,
    version: current.version + 1,
    links: links ?? current.links,
    announcedExpiration: announcedExpiration ?? current.announcedExpiration,
    announcedReminders: announcedReminders
      ? { ...current.announcedReminders, ...announcedReminders }
      : current.announcedReminders,
    type,
    topics,
    changes: [],
    cause,
    occurredAt: cause.eventTime,
  });
}

function identify(current: RecordState | undefined, version: Omit<Version, 'messageId'>): Version {
  return { ...version, messageId: messageIdOf(version), previousMessageId: current?.messageId };
}

function stateOf(observation: Observation, current: RecordState | undefined): Omit<RecordState, 'messageId'> {
  const { key, readAt, cause, tombstone = false, redacted = false } = observation;
  const erased = current ? current.erased : observation.erased;
  const payload = erased ? erasePayload(observation.payload) : observation.payload;
  const { solutions = [] } = erased ? {} : observation;
  const lastModifiedAt = lastModifiedAtOf(key.kind, payload);
  const attributes = attributesOf(key.kind, payload);
  const changedAt = lastModifiedAt ?? cause.eventTime;
  return {
    catalog: key.catalog,
    kind: key.kind,
    id: key.id,
    version: (current?.version ?? 0) + 1,
    attributes,
    payload,
    tombstone,
    redacted,
    erased,
    links: current?.links ?? [],
    solutions,
    announcedExpiration: current?.announcedExpiration,
    waitsSince: nextWaitsSince({ kind: key.kind, attributes }, current, changedAt),
    announcedReminders: current?.announcedReminders,
    reflectedCommand: current?.reflectedCommand,
    lastModifiedAt,
    listedAs: observation.listedAs ?? (lastModifiedAt ? undefined : timestampTextOf(key.kind, payload)),
    statusRank: statusRankOf(key.kind, payload),
    readAt,
    contentHash: contentHashOf(payload),
  };
}
