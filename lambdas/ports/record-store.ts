import type { CorrelationId } from '../core/correlation.ts';
import type { Announced } from '../core/endpoint.ts';
import type { MessageId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';
import type { Intent, IntentRef } from '../core/intent.ts';
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
  /** See `Version`. */
  readonly echoes?: Version['echoes'];
  /** Names its intent, together with the version and its message. */
  readonly intentDueAt?: Instant | undefined;
  /** True if the version itself has the mark of the outbox. */
  readonly isMarked?: true | undefined;
}

/** A version in the outbox. */
export interface DueVersion {
  /** Its intent. Without one, the version itself has the mark of the outbox. */
  readonly version: VersionRef | IntentRef;
  /** When its fan-out is due. Undefined if the stored text is not a valid timestamp. */
  readonly dueAt: Instant | undefined;
}

/**
 * Versions that are not fanned out yet: each has an intent. Versions that an earlier release
 * stored, and those that were set aside and are tried again, have a mark instead.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface Outbox {
  /** Returns whether a version is in the outbox, with a consistent read. */
  awaitsFanOut(ref: VersionRef): Promise<boolean>;
  /** Stores an intent. Safe to repeat. */
  putIntent(intent: Intent): Promise<void>;
  /** Deletes an intent. Safe to repeat. See `Intent` for who does it. */
  removeIntent(ref: IntentRef): Promise<void>;
  /** Removes the mark of the outbox from a version. Safe to repeat. */
  markFannedOut(ref: VersionRef): Promise<void>;
  /**
   * Takes a version that cannot be fanned out, because an item was edited by hand, out of what is
   * due. `already`: it is not in the outbox. Only the worker whose write succeeds gets `set-aside`.
   */
  setAside(ref: VersionRef | IntentRef, now: Instant): Promise<'set-aside' | 'already'>;
  /** Changes the due time of a version in the outbox. Does nothing if it is not in the outbox. */
  postponeFanOut(ref: VersionRef | IntentRef, dueAt: Instant): Promise<void>;
  /**
   * Returns intents whose due time has passed, oldest first, with a consistent read. They do not
   * say whether their version is stored.
   */
  dueIntents(now: Instant, limit: number): Promise<DueVersion[]>;
  /** Returns versions with a mark that are due, oldest first. Eventually consistent. */
  dueMarks(now: Instant, limit: number): Promise<DueVersion[]>;
}

/**
 * Records, their versions, and the outbox of versions that are not fanned out yet. A version is
 * written in steps, see `tryAppend`.
 * @throws ServiceError `store.unavailable` (later) from every call; `record.unreadable` (never) for
 *   an item that was edited by hand and is invalid; `store.refused` (never) from a write of an item
 *   beyond the limits.
 */
export interface RecordStore extends Outbox {
  /** Returns the newest state, with a consistent read. */
  current(key: RecordKey): Promise<RecordState | undefined>;
  /**
   * Makes the version the current state, if the current state still has the version, `readAt` and
   * `certainFrom` of `before`, or does not exist if `before` is undefined. A repetition of a write
   * that was done is `committed` too.
   * `raced`: another worker wrote in between, and this write was never done.
   * `overtaken`: later versions are stored, so it is not known whether this write was done.
   * @param intentDueAt of the intent of this version, which is stored already
   * @param owner another record: also `raced` if that one is erased
   */
  commit(
    before: RecordState | undefined,
    version: Version,
    intentDueAt: Instant,
    owner?: RecordKey,
  ): Promise<'committed' | 'raced' | 'overtaken'>;
  /** Stores a version that was committed, unless it is stored already. Safe to repeat. */
  putVersion(version: Version, intentDueAt: Instant): Promise<void>;
  /**
   * Returns whether a version is stored, with a consistent read, even if it is unreadable. A worker
   * that has stored or seen the version with this message id before makes no read.
   */
  storesVersion(ref: VersionRef & { readonly messageId?: MessageId }): Promise<boolean>;
  /**
   * Returns the intent with which this state became the current one, with a consistent read.
   * Undefined if the intent is gone or unreadable, or if this is not the current state any more.
   */
  findIntent(state: RecordState): Promise<Intent | undefined>;
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
   * outbox, but not among the versions there. The mark ends when `commit` or `confirm` succeeds.
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
