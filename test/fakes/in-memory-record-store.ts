import { correlationIdOf } from '../../lambdas/core/correlation.ts';
import { epochMsOf, type Instant } from '../../lambdas/core/instant.ts';
import { type Intent, type IntentRef, isIntentRef } from '../../lambdas/core/intent.ts';
import { intentItemKey } from '../../lambdas/core/intent-key.ts';
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
  /** Intents by their keys. */
  readonly intents: Map<string, StoredIntent>;
  /**
   * Due times of the intents that items name: current items by record path, versions by
   * `<record path>#<number>`.
   */
  readonly intentDueAt: Map<string, Instant>;
  /** When the fan-out of a version with a mark is due, by `<record path>#<number>`. */
  readonly outboxDueAt: Map<string, Instant>;
  /**
   * Items that a hand edit has made unreadable: current items by record path, versions by
   * `<record path>#<number>`.
   */
  readonly unreadable: Map<string, UnreadableItem>;
  /** Current items and versions that are set aside, by the same. */
  readonly setAside: Set<string>;
}

export interface StoredIntent {
  readonly intent: Intent;
  readonly postponedTo?: Instant;
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
    intents: new Map(),
    intentDueAt: new Map(),
    outboxDueAt: new Map(),
    unreadable: new Map(),
    setAside: new Set(),
  };
}

/** @param rows a caller that keeps the maps sees what is stored */
export function inMemoryRecordStore(rows: RecordRows = emptyRecordRows()): InMemoryRecordStore {
  const { states, versions, intents, intentDueAt, outboxDueAt, unreadable, setAside } = rows;
  const assertReadable = (path: string, { pk, sk }: ItemKey, isContentRead: boolean) => {
    const { isContent = false, problems } = unreadable.get(path) ?? {};
    if (problems && (isContentRead || !isContent))
      throw new ServiceError('record.unreadable', { item: `${pk} ${sk}`, problems });
  };
  const assertVersionReadable = (ref: VersionRef, isContentRead: boolean) =>
    assertReadable(versionPath(ref), versionItemKey(ref), isContentRead);
  const waitingIntents = () =>
    [...intents.values()].map(({ intent, postponedTo }) => ({
      version: intentRefOf(intent),
      dueAt: postponedTo ?? intent.dueAt,
    }));
  const waitingMarks = () =>
    [...outboxDueAt].flatMap(([path, dueAt]) => {
      const version = versions.get(path);
      return version ? [{ version: refOf(version), dueAt }] : [];
    });
  const ownIntentOf = (ref: VersionRef): IntentRef | undefined => {
    const [version, dueAt] = [versions.get(versionPath(ref)), intentDueAt.get(versionPath(ref))];
    return version && dueAt && { ...refOf(version), messageId: version.messageId, dueAt };
  };
  return {
    async current(key) {
      assertReadable(recordPath(key), currentItemKey(key), true);
      return deepFreeze(states.get(recordPath(key)));
    },
    async commit(before, version, dueAt, owner) {
      const path = recordPath(version);
      const found = states.get(path);
      const isErased = owner !== undefined && states.get(recordPath(owner))?.erased === true;
      if (isErased || !isCurrent(before, found)) {
        if (found?.messageId === version.messageId) return 'committed';
        return found && found.version > version.version ? 'overtaken' : 'raced';
      }
      states.set(path, deepFreeze(stateOf(version)));
      intentDueAt.set(path, dueAt);
      setAside.delete(path);
      unreadable.delete(path);
      return 'committed';
    },
    async putVersion(version, dueAt) {
      const path = versionPath(version);
      if (versions.has(path)) return;
      versions.set(path, deepFreeze(version));
      intentDueAt.set(path, dueAt);
    },
    storesVersion: async (ref) => versions.has(versionPath(ref)),
    async findIntent(state) {
      const path = recordPath(state);
      const dueAt = intentDueAt.get(path);
      if (!dueAt || states.get(path)?.messageId !== state.messageId) return undefined;
      const { catalog, kind, id, version, messageId } = state;
      return intents.get(intentKey({ catalog, kind, id, version, messageId, dueAt }))?.intent;
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
      const { catalog, type, topics, redacted, messageId, previousMessageId, echoes } = version;
      const correlationId = correlationIdOf(version);
      const announced = { catalog, type, topics: [...topics], redacted, correlationId, messageId };
      const isMarked = outboxDueAt.has(versionPath(ref)) || undefined;
      return { ...announced, previousMessageId, intentDueAt: ownIntentOf(ref)?.dueAt, isMarked, echoes };
    },
    async messageIds(ref) {
      const version = versions.get(versionPath(ref));
      return version && { messageId: version.messageId, previousMessageId: version.previousMessageId };
    },
    async awaitsFanOut(ref) {
      const intent = ownIntentOf(ref);
      return outboxDueAt.has(versionPath(ref)) || (intent !== undefined && intents.has(intentKey(intent)));
    },
    async putIntent(intent) {
      intents.set(intentKey(intent), { intent: deepFreeze(intent) });
    },
    async removeIntent(ref) {
      intents.delete(intentKey(ref));
    },
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
      const path = versionPath(ref);
      const isMarked = outboxDueAt.has(path);
      const isWaiting = isIntentRef(ref) ? !isMarked && versions.has(path) && !setAside.has(path) : isMarked;
      if (isWaiting) setAside.add(path);
      if (isIntentRef(ref)) intents.delete(intentKey(ref));
      else outboxDueAt.delete(path);
      return isWaiting ? 'set-aside' : 'already';
    },
    async postponeFanOut(ref, dueAt) {
      const path = versionPath(ref);
      const stored = isIntentRef(ref) ? intents.get(intentKey(ref)) : undefined;
      if (stored && isIntentRef(ref)) intents.set(intentKey(ref), { ...stored, postponedTo: dueAt });
      if (!isIntentRef(ref) && outboxDueAt.has(path)) outboxDueAt.set(path, dueAt);
    },
    dueIntents: async (now, limit) => due(waitingIntents(), now, limit),
    dueMarks: async (now, limit) => due(waitingMarks(), now, limit),
    versions: () => deepFreeze([...versions.values()]),
    states: () => deepFreeze([...states.values()]),
    setAsidePaths: () => setAside,
    outbox: () => [...waitingIntents(), ...waitingMarks()].map(({ version }) => refOf(version)),
  };
}

export function versionPath(ref: VersionRef): string {
  return `${recordPath(ref)}#${ref.version}`;
}

function due<Waiting extends { readonly dueAt: Instant }>(
  waiting: readonly Waiting[],
  now: Instant,
  limit: number,
): Waiting[] {
  return waiting
    .filter(({ dueAt }) => epochMsOf(dueAt) <= epochMsOf(now))
    .toSorted((a, b) => epochMsOf(a.dueAt) - epochMsOf(b.dueAt))
    .slice(0, limit);
}

/** The key of an intent in `RecordRows.intents`. */
function intentKey(ref: IntentRef): string {
  return intentItemKey(ref).sk;
}

function intentRefOf({ messageId, dueAt, ...ref }: Intent): IntentRef {
  return { ...refOf(ref), messageId, dueAt };
}

function refOf({ catalog, kind, id, version }: VersionRef): VersionRef {
  return { catalog, kind, id, version };
}

/** Whether `before` is still the current state. */
export function isCurrent(before: RecordState | undefined, current: RecordState | undefined): boolean {
  return (
    before?.version === current?.version &&
    before?.readAt === current?.readAt &&
    before?.certainFrom === current?.certainFrom
  );
}
