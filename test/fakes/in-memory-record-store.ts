import { correlationIdOf } from '../../lambdas/core/correlation.ts';
import { epochMsOf, type Instant } from '../../lambdas/core/instant.ts';
import { recordPath, type VersionRef } from '../../lambdas/core/record.ts';
import { redactContent } from '../../lambdas/core/redaction.ts';
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

export function inMemoryRecordStore(): InMemoryRecordStore {
  const states = new Map<string, RecordState>();
  const versions = new Map<string, Version>();
  const outboxDueAt = new Map<string, Instant>();
  const asidePaths = new Set<string>();
  const waiting = () =>
    [...outboxDueAt].flatMap(([path, dueAt]) => {
      const version = versions.get(path);
      return version ? [{ ref: refOf(version), dueAt }] : [];
    });
  return {
    current: async (key) => deepFreeze(states.get(recordPath(key))),
    async append(before, version, dueAt, owner) {
      if (owner && states.get(recordPath(owner))?.erased) return 'raced';
      if (!isCurrent(before, states.get(recordPath(version))) || versions.has(versionPath(version)))
        return 'raced';
      states.set(recordPath(version), deepFreeze(stateOf(version)));
      asidePaths.delete(recordPath(version));
      versions.set(versionPath(version), deepFreeze(version));
      outboxDueAt.set(versionPath(version), dueAt);
      return 'stored';
    },
    async confirm(state, readAt, listedAs) {
      const current = states.get(recordPath(state));
      if (current?.version !== state.version || epochMsOf(current.readAt) >= epochMsOf(readAt))
        return 'raced';
      asidePaths.delete(recordPath(state));
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
      if (!states.has(path) || asidePaths.has(path)) return 'already';
      asidePaths.add(path);
      return 'set-aside';
    },
    version: async (ref) => deepFreeze(versions.get(versionPath(ref))),
    async announced(ref) {
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
      for (const [path, version] of unredacted) versions.set(path, { ...version, ...redactContent(version) });
      return unredacted.length;
    },
    async markFannedOut(ref) {
      outboxDueAt.delete(versionPath(ref));
    },
    setAside: async (ref) => (outboxDueAt.delete(versionPath(ref)) ? 'set-aside' : 'already'),
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
    setAsidePaths: () => asidePaths,
    outbox: () => waiting().map(({ ref }) => ref),
  };
}

function versionPath(ref: VersionRef): string {
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
