import type { CorrelationId } from '../core/correlation.ts';
import type { Announced } from '../core/endpoint.ts';
import type { Instant } from '../core/instant.ts';
import type { RecordKey, VersionRef } from '../core/record.ts';
import type { RecordState, Version } from '../core/version.ts';

/** What fan-out has to know of a version. */
export interface AnnouncedVersion extends Announced {
  readonly correlationId: CorrelationId;
  /** Whether the versions before it must lose their sensitive members. */
  readonly redacted: boolean;
}

/** A version in the outbox, and since when it should be out of it. */
export interface DueVersion {
  readonly version: VersionRef;
  /** Undefined where it was edited into no point in time. */
  readonly dueAt: Instant | undefined;
}

/**
 * Records, their versions, and what of them still has to be fanned out.
 * @throws ServiceError `store.unavailable` (later) from every call; `record.unreadable` (later) for an item that was edited into none; `store.refused` (never) from `append`, for an item beyond the limits.
 */
export interface RecordStore {
  /** The newest state, read consistently: what a writer has written is seen by the next reader. */
  current(key: RecordKey): Promise<RecordState | undefined>;
  /**
   * Writes the version and makes it the current state, both or neither, provided that `before`, the state it was
   * computed from, still stands as it was read (version and `readAt`), or that there is none where `before` is undefined.
   * The version waits in the outbox from `outboxDueAt` until `markFannedOut` is called.
   * `raced`: somebody else wrote in between; nothing was written.
   */
  append(
    before: RecordState | undefined,
    version: Version,
    outboxDueAt: Instant,
  ): Promise<'stored' | 'raced'>;
  /**
   * Advances `readAt` of a state that a later read found unchanged, provided that it still stands.
   * `raced`: somebody else wrote in between, or read later still; nothing was written.
   */
  confirm(state: RecordState, readAt: Instant): Promise<'confirmed' | 'raced'>;
  version(ref: VersionRef): Promise<Version | undefined>;
  /** What a version is announced as, without its payload. Undefined where there is no such version. */
  announced(ref: VersionRef): Promise<AnnouncedVersion | undefined>;
  /** Whether a version still has to be fanned out. False where there is no such version. Read consistently. */
  awaitsFanOut(ref: VersionRef): Promise<boolean>;
  /**
   * Takes the sensitive members out of every version of an invitation before this one, for good: out of payload, changes
   * and attributes. Nothing else of them changes, above all not their place in the outbox. Safe to repeat.
   * @returns how many versions lost theirs now.
   */
  redactBefore(ref: VersionRef): Promise<number>;
  /** Takes a version out of the outbox. Safe to repeat. */
  markFannedOut(ref: VersionRef): Promise<void>;
  /** Leaves a version in the outbox, and has it come due later. Nothing happens to one that is out of it. */
  postponeFanOut(ref: VersionRef, dueAt: Instant): Promise<void>;
  /** Versions in the outbox whose due time has come, oldest first, at most `limit`. Eventually consistent. */
  dueForFanOut(now: Instant, limit: number): Promise<DueVersion[]>;
}
