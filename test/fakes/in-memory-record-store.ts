import { correlationIdOf } from '../../lambdas/core/correlation.ts';
import { epochMsOf, type Instant } from '../../lambdas/core/instant.ts';
import { recordPath, type VersionRef } from '../../lambdas/core/record.ts';
import { redactContent } from '../../lambdas/core/redaction.ts';
import { ServiceError } from '../../lambdas/core/service-error.ts';
import { currentItemKey, type ItemKey, versionItemKey } from '../../lambdas/core/tables.ts';
import type { RecordState, Version } from '../../lambdas/core/version.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { stateOf } from '../builders/versions.ts';
import { deepFreeze } from './deep-freeze.ts';

export interface InMemoryRecordStore extends RecordStore {
  /** All versions in the order in which they were stored. */
  versions(): readonly Version[];
  /** The current state of every record. */
  states(): readonly RecordState[];
  /** Paths of the records that are set aside. */
  setAsidePaths(): ReadonlySet<string>;
  /** Versions in the outbox, due or not. */
  outbox(): readonly VersionRef[];
}

/** What is stored. */
export interface RecordRows {
  /** By record path. */
  readonly states: Map<string, RecordState>;
  /** By `<record path>#<number>`. */
  readonly versions: Map<string, Version>;
  /** When the fan-out of a version is due, by the same. */
  readonly outboxDueAt: Map<string, Instant>;
  /**
   * Items that a hand edit has made unreadable: current items by record path, versions by
   * `<record path>#<number>`.
   */
  readonly unreadable: Map<string, UnreadableItem>;
  /** Current items and versions that are set aside, by the same. */
  readonly setAside: Set<string>;
}

export interface UnreadableItem {
  /** Whether the content is invalid only. Then fan-out can read a version. */
  readonly isContent: boolean;
  /** Name attributes, never values. */
  readonly problems: readonly string[];
}

export function emptyRecordRows(): RecordRows {
  return {
    states: new Map(),
    versions: new Map(),
    outboxDueAt: new Map(),
    unreadable: new Map(),
    setAside: new Set(),
  };
}

/** @param rows a caller that keeps the maps sees what is stored */
export function inMemoryRecordStore(
  { states, versions, outboxDueAt, unreadable, setAside }: RecordRows = emptyRecordRows(),
): InMemoryRecordStore {
  const assertReadable = (path: string, { pk, sk }: ItemKey, isContentRead: boolean) => {
    const { isContent = false, problems } = unreadable.get(path) ?? {};
    if (problems && (isContentRead || !isContent))
      throw new ServiceError('record.unreadable', { item: `${pk} ${sk}`, problems });
  };
  const assertVersionReadable = (ref: VersionRef, isContentRead: boolean) =>
    assertReadable(versionPath(ref), versionItemKey(ref), isContentRead);
  const waiting = () =>
    [...outboxDueAt].flatMap(([path, dueAt]) => {
      const version = versions.get(path);
      return version ? [{ ref: refOf(version), dueAt }] : [];
    });
  return {
    async current(key) {
      assertReadable(recordPath(key), currentItemKey(key), true);
      return deepFreeze(states.get(recordPath(key)));
    },
    async append(before, version, dueAt, owner) {
      if (owner && states.get(recordPath(owner))?.erased) return 'raced';
      if (!isCurrent(before, states.get(recordPath(version))) || versions.has(versionPath(version)))
        return 'raced';
      states.set(recordPath(version), deepFreeze(stateOf(version)));
      setAside.delete(recordPath(version));
      unreadable.delete(recordPath(version));
      versions.set(versionPath(version), deepFreeze(version));
      outboxDueAt.set(versionPath(version), dueAt);
      return 'stored';
    },
    async confirm(state, readAt, listedAs) {
      const current = states.get(recordPath(state));
      if (current?.version !== state.version || epochMsOf(current.readAt) >= epochMsOf(readAt))
        return 'raced';
      setAside.delete(recordPath(state));
      states.set(recordPath(state), { ...current, readAt, ...(listedAs !== undefined && { listedAs }) });
      return 'confirmed';
    },
    async markUncertain(state, certainFrom) {
      const current = states.get(recordPath(state));
      if (current?.version !== state.version || current.readAt !== state.readAt) return 'raced';
      states.set(recordPath(state), { ...current, certainFrom });
      return 'marked';
    },
    async setCurrentAside(key) {
      const path = recordPath(key);
      if (!states.has(path) || setAside.has(path)) return 'already';
      setAside.add(path);
      return 'set-aside';
    },
    async version(ref) {
      assertVersionReadable(ref, true);
      return deepFreeze(versions.get(versionPath(ref)));
    },
    async announced(ref) {
      assertVersionReadable(ref, false);
      const version = versions.get(versionPath(ref));
      if (!version) return undefined;
      const { catalog, type, topics, redacted, messageId, previousMessageId } = version;
      const correlationId = correlationIdOf(version);
      return { catalog, type, topics: [...topics], redacted, correlationId, messageId, previousMessageId };
    },
    async messageIds(ref) {
      const version = versions.get(versionPath(ref));
      return version && { messageId: version.messageId, previousMessageId: version.previousMessageId };
    },
    awaitsFanOut: async (ref) => outboxDueAt.has(versionPath(ref)),
    async redactBefore(ref) {
      const before = [...versions].filter(
        ([, version]) => recordPath(version) === recordPath(ref) && version.version < ref.version,
      );
      const unredacted = before.filter(([, version]) => !version.redacted);
      for (const [path, version] of unredacted) {
        assertVersionReadable(version, true);
        versions.set(path, { ...version, ...redactContent(version) });
      }
      return unredacted.length;
    },
    async markFannedOut(ref) {
      outboxDueAt.delete(versionPath(ref));
      setAside.delete(versionPath(ref));
    },
    async setAside(ref) {
      if (!outboxDueAt.delete(versionPath(ref))) return 'already';
      setAside.add(versionPath(ref));
      return 'set-aside';
    },
    async postponeFanOut(ref, dueAt) {
      if (outboxDueAt.has(versionPath(ref))) outboxDueAt.set(versionPath(ref), dueAt);
    },
    dueForFanOut: async (now, limit) =>
      waiting()
        .filter(({ dueAt }) => epochMsOf(dueAt) <= epochMsOf(now))
        .toSorted((a, b) => epochMsOf(a.dueAt) - epochMsOf(b.dueAt))
        .slice(0, limit)
        .map(({ ref, dueAt }) => ({ version: ref, dueAt })),
    versions: () => deepFreeze([...versions.values()]),
    states: () => deepFreeze([...states.values()]),
    setAsidePaths: () => setAside,
    outbox: () => waiting().map(({ ref }) => ref),
  };
}

export function versionPath(ref: VersionRef): string {
  return `${recordPath(ref)}#${ref.version}`;
}

function refOf({ catalog, kind, id, version }: VersionRef): VersionRef {
  return { catalog, kind, id, version };
}

/** Whether `before` is still the current state. */
function isCurrent(before: RecordState | undefined, current: RecordState | undefined): boolean {
  return (
    before?.version === current?.version &&
    before?.readAt === current?.readAt &&
    before?.certainFrom === current?.certainFrom
  );
}
