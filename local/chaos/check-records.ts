import { erasePayload } from '../../lambdas/core/erasure.ts';
import { type JsonObject, omitNulls, textAt } from '../../lambdas/core/json.ts';
import { isSameJson, tryParseJson } from '../../lambdas/core/json-text.ts';
import { redactPayload } from '../../lambdas/core/redaction.ts';
import type { RecordState, Version } from '../../lambdas/core/version.ts';
import type { Evidence, Violation } from './evidence.ts';
import type { PastState } from './truth-log.ts';

/**
 * Records that may differ from Partner Central until they are reconciled: their last event was lost
 * or is parked. Earlier events do not matter, because the read for a later event repairs them.
 */
export function excusedPaths(evidence: Evidence): ReadonlySet<string> {
  const { events, parked, unusable, removedMessages } = evidence;
  const parkedIds = new Set(parked.map(({ body }) => textAt(tryParseJson(body), 'id') ?? ''));
  const excused = new Set<string>();
  for (const { id, fate, paths, detailType } of events.values()) {
    if (unusable.has(id)) continue;
    const isLost = fate !== 'put' || parkedIds.has(id);
    for (const path of paths) {
      if (isLost) excused.add(path);
      // A snapshot says nothing new about an engagement: it is not read for it.
      else if (detailType !== 'Engagement Resource Snapshot Created') excused.delete(path);
    }
  }
  // No event repairs what a restore has taken back.
  for (const path of removedMessages.keys()) excused.add(path);
  return excused;
}

/** Promises 1 and 10: the table equals Partner Central, except for the excused records. */
export function checkTruth(
  { truth, current, versions }: Evidence,
  excused: ReadonlySet<string>,
  promise: 1 | 10,
): Violation[] {
  const missing = [...truth.keys()].filter((path) => !current.has(path) && !excused.has(path));
  const invented = [...current].flatMap(([path, { kind }]) =>
    kind === 'command' || truth.has(path) ? [] : [path],
  );
  const different = [...current].flatMap(([path, state]): string[] => {
    const newest = truth.get(path)?.at(-1);
    const isExpected = !newest || excused.has(path) || isCurrent(state, newest, versions.get(path) ?? []);
    return isExpected ? [] : [path];
  });
  return [
    ...missing.map((path) => ({ promise, path, what: 'is not in the table' })),
    ...invented.map((path) => ({
      promise,
      path,
      what: 'is in the table, but Partner Central never held it',
    })),
    ...different.map((path) => ({ promise, path, what: 'differs from what Partner Central holds' })),
  ];
}

function isCurrent(
  { payload, erased }: RecordState,
  { body, inaccessible }: PastState,
  versions: readonly Version[],
): boolean {
  const known = omitNulls(body);
  if (erased) return isSameJson(payload, erasePayload(known));
  const isRedacted = inaccessible || textAt(known, 'Status') === 'REJECTED';
  if (!isRedacted) return isSameJson(payload, known);
  if (inaccessible) {
    // The rejection reason can no longer be read. If nothing was read before, only id and status
    // are known.
    const { RejectionReason: _, ...readable } = known;
    const wasRead = versions.some(({ tombstone }) => !tombstone);
    if (!wasRead) return payload['Status'] === known['Status'] && payload['Id'] === known['Id'];
    return isSameJson(redactPayload(payload), redactPayload(readable));
  }
  return isSameJson(redactPayload(payload), redactPayload(known));
}

/** Promise 3: version numbers have no gap, and the current item is the newest version. */
export function checkContiguous({ current, versions }: Evidence): Violation[] {
  return [...new Set([...current.keys(), ...versions.keys()])].flatMap((path): Violation[] => {
    const state = current.get(path);
    const all = versions.get(path) ?? [];
    const numbers = all.map(({ version }) => version);
    const newest = all.at(-1);
    const hasGap = numbers.some((number, index) => number !== index + 1);
    if (!state || hasGap || newest?.version !== state.version)
      return [
        {
          promise: 3,
          path,
          what: `has versions ${numbers.join(', ') || '(no version)'}, but its current item is ${state?.version ?? 'missing'}`,
        },
      ];
    if (isSameJson(newest.payload, state.payload)) return [];
    return [{ promise: 3, path, what: 'has a current item that differs from its newest version' }];
  });
}

export interface Tolerance {
  /** How long before its read a state may have been replaced, milliseconds. */
  readonly staleMs: number;
  /**
   * Timestamps of AWS order the reads that began within this time of each other. It is the longest
   * lag of a replica, milliseconds.
   */
  readonly lagMs: number;
}

/**
 * Promise 2: from version to version the timestamp of AWS never decreases, unless a much later read
 * returned it. A settled invitation stays settled. No version has a state that was replaced before
 * its read.
 */
export function checkBackwards({ truth, versions }: Evidence, { staleMs, lagMs }: Tolerance): Violation[] {
  return [...versions].flatMap(([path, all]) =>
    all.flatMap((version, index): Violation[] => {
      const problem =
        stepBack(all[index - 1], version, lagMs) ??
        outdated(version, all[index - 1], truth.get(path) ?? [], staleMs);
      return problem === undefined
        ? []
        : [{ promise: 2, path, what: `version ${version.version} ${problem}` }];
    }),
  );
}

/** Describes how a version is older than the one before it. */
export function stepBack(before: Version | undefined, after: Version, lagMs: number): string | undefined {
  if (!before) return undefined;
  const { lastModifiedAt: from } = before;
  const { lastModifiedAt: to } = after;
  const apartMs = Math.abs(Date.parse(after.readAt) - Date.parse(before.readAt));
  const isOrdered = from !== undefined && to !== undefined && apartMs <= lagMs;
  if (isOrdered && to < from) return `was last modified at ${to}, the version before at ${from}`;
  if ((!isOrdered || from === to) && after.readAt < before.readAt)
    return `was read at ${after.readAt}, the version before at ${before.readAt}`;
  const [was, is] = [statusOf(before), statusOf(after)];
  if (after.kind === 'engagement-invitation' && was !== 'PENDING' && is !== was)
    return `changes the status from ${was} to ${is}`;
  return undefined;
}

function statusOf({ payload }: Version): string | undefined {
  return textAt(payload, 'Status');
}

/** Describes a version whose state was replaced before its read, or never existed. */
function outdated(
  version: Version,
  before: Version | undefined,
  states: readonly PastState[],
  staleMs: number,
): string | undefined {
  const { kind, payload, tombstone, redacted, readAt } = version;
  // Partner Central holds no commands. Tombstones, redacted versions and engagements (made from two
  // reads) equal no single state.
  if (tombstone || redacted || kind === 'engagement' || kind === 'command') return undefined;
  // The payload is unchanged: the version adds a link or a notice.
  if (before && isSameJson(before.payload, payload)) return undefined;
  const matching = states.flatMap(({ body }, index) => (isState(version, body) ? [index] : []));
  if (matching.length === 0) return 'has a state that never existed';
  const replacedAtMs = states[Math.max(...matching) + 1]?.atMs ?? Number.POSITIVE_INFINITY;
  const lateMs = Date.parse(readAt) - replacedAtMs;
  return lateMs > staleMs
    ? `has a state that was replaced ${Math.round(lateMs)} ms before it was read`
    : undefined;
}

function isState({ payload, erased }: RecordState, body: JsonObject): boolean {
  const known = omitNulls(body);
  return isSameJson(payload, erased ? erasePayload(known) : known);
}

/** Promise 7: no version of a rejected invitation holds sensitive data. */
export function checkRedaction({ current, versions }: Evidence): Violation[] {
  return [...current].flatMap(([path, state]): Violation[] => {
    if (state.kind !== 'engagement-invitation' || textAt(state.payload, 'Status') !== 'REJECTED') return [];
    const unredacted = [state, ...(versions.get(path) ?? [])].filter(
      ({ payload }) => !isSameJson(payload, redactPayload(payload)),
    );
    if (unredacted.length === 0) return [];
    return [{ promise: 7, path, what: 'is rejected but still holds sensitive data' }];
  });
}

/**
 * Promise 11: an invitation accepted through the API and its opportunity have exact links to each
 * other.
 */
export function checkLinks({ current, acceptedThroughApi }: Evidence): Violation[] {
  return [...acceptedThroughApi].flatMap(([invitation, opportunity]) =>
    [
      [invitation, opportunity],
      [opportunity, invitation],
    ].flatMap(([from = '', to = '']): Violation[] => {
      const [, kind, id] = to.split('/');
      const links = (current.get(from)?.links ?? []).filter((link) => link.kind === kind);
      const [only] = links;
      const isExact = links.length === 1 && only?.id === id && only?.via !== 'project-title';
      const found = links.map((link) => `${link.id} (${link.via})`).join(', ') || 'nothing';
      return isExact
        ? []
        : [{ promise: 11, path: from, what: `must be linked to ${id}, but is linked to ${found}` }];
    }),
  );
}
