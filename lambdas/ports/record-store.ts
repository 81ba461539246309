import type { CorrelationId } from '../core/correlation.ts';
import type { Announced } from '../core/endpoint.ts';
import type { MessageId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';
import type { RecordKey, VersionRef } from '../core/record.ts';
import type { RecordState, Version } from '../core/version.ts';

/** The message of a version and the one before it. */
export interface MessageIds {
  readonly messageId: MessageId;
  /** Undefined in version 1. */
  readonly previousMessageId?: MessageId | undefined;
}

/** The parts of a version that decide which endpoints receive it. */
export interface AnnouncedVersion extends Announced, MessageIds {
  readonly correlationId: CorrelationId;
  /** Whether earlier versions must lose their sensitive members. */
  readonly redacted: boolean;
}

/** A version in the outbox. */
export interface DueVersion {
  readonly version: VersionRef;
  /** When its fan-out is due. Undefined if the stored text is not a valid timestamp. */
  readonly dueAt: Instant | undefined;
}

/**
 * Versions that are not fanned out yet.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface Outbox {
  /** Returns whether a version is in the outbox, with a consistent read. */
  awaitsFanOut(ref: VersionRef): Promise<boolean>;
  /** Removes a version from the outbox. Safe to repeat. */
  markFannedOut(ref: VersionRef): Promise<void>;
  /**
   * Takes a version that cannot be fanned out, because an item was edited by hand, out of what is
   * due. `already`: it is not in the outbox. Only the worker whose write succeeds gets `set-aside`.
   */
  setAside(ref: VersionRef, now: Instant): Promise<'set-aside' | 'already'>;
  /** Changes the due time of a version in the outbox. Does nothing if it is not in the outbox. */
  postponeFanOut(ref: VersionRef, dueAt: Instant): Promise<void>;
  /**
   * Returns versions of the outbox whose due time has passed, oldest first. Eventually consistent.
   */
  dueForFanOut(now: Instant, limit: number): Promise<DueVersion[]>;
}

/**
 * Records, their versions, and the outbox of versions that are not fanned out yet.
 * @throws ServiceError `store.unavailable` (later) from every call; `record.unreadable` (never) for
 *   an item that was edited by hand and is invalid; `store.refused` (never) from `append` for an
 *   item beyond the limits.
 */
export interface RecordStore extends Outbox {
  /** Returns the newest state, with a consistent read. */
  current(key: RecordKey): Promise<RecordState | undefined>;
  /**
   * Writes the version and makes it the current state in one transaction, if the current state
   * still has the version, `readAt` and `certainFrom` of `before`, or does not exist if `before` is
   * undefined. The version stays in the outbox until `markFannedOut` is called; it is due at
   * `outboxDueAt`.
   * `raced`: another worker wrote in between, and nothing was written.
   * @param owner another record: also `raced` if that one is erased
   */
  append(
    before: RecordState | undefined,
    version: Version,
    outboxDueAt: Instant,
    owner?: RecordKey,
  ): Promise<'stored' | 'raced'>;
  /**
   * Advances `readAt` of a state that a later read found unchanged, and sets `listedAs` if it is
   * given, if the state is still the current one. `raced`: another worker wrote in between, or a
   * later `readAt` is stored already; nothing was written.
   */
  confirm(state: RecordState, readAt: Instant, listedAs?: string): Promise<'confirmed' | 'raced'>;
  /**
   * Sets `certainFrom` of a state, if it is still the current state, with the same `readAt`.
   * `raced`: another worker wrote in between, and nothing was written.
   */
  markUncertain(state: RecordState, certainFrom: Instant): Promise<'marked' | 'raced'>;
  /**
   * Marks a record whose current item was edited by hand and is invalid: it is in the index of the
   * outbox, but not among the versions there. The mark ends when `append` or `confirm` succeeds.
   * `already`: it has the mark, or is gone. Only the worker whose write succeeds gets `set-aside`.
   */
  setCurrentAside(key: RecordKey, now: Instant): Promise<'set-aside' | 'already'>;
  version(ref: VersionRef): Promise<Version | undefined>;
  /**
   * Returns what fan-out needs of a version, without its payload, or undefined if there is no such
   * version.
   */
  announced(ref: VersionRef): Promise<AnnouncedVersion | undefined>;
  /** Returns the message ids of a version, with a consistent read, or undefined if it has none. */
  messageIds(ref: VersionRef): Promise<MessageIds | undefined>;
  /**
   * Permanently removes the sensitive members from every version of an invitation before this one:
   * from payload, changes and attributes. Everything else stays, such as the place in the outbox.
   * Safe to repeat.
   * @returns the number of versions that this call redacted.
   */
  redactBefore(ref: VersionRef): Promise<number>;
}
