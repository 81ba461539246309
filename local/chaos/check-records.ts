import { isDeepStrictEqual } from 'node:util';
import { type JsonObject, omitNulls, textAt } from '../../lambdas/core/json.ts';
import { redactPayload } from '../../lambdas/core/redaction.ts';
import type { RecordState, Version } from '../../lambdas/core/version.ts';
import type { Evidence, Violation } from './evidence.ts';
import { parseJson } from './record-paths.ts';
import type { PastState } from './truth-log.ts';

/**
 * Records that may lag behind the truth until they are reconciled: the last event of theirs never came, or lies parked, so
 * that somebody knows of it. What an earlier one told is shown by the read for any later one.
 */
export function excusedPaths({ events, parked, strange }: Evidence): ReadonlySet<string> {
  const waiting = new Set(parked.map(({ body }) => textAt(parseJson(body), 'id') ?? ''));
  const excused = new Set<string>();
  for (const { id, fate, paths } of events.values()) {
    if (strange.has(id)) continue;
    const isLost = fate !== 'put' || waiting.has(id);
    for (const path of paths) {
      if (isLost) excused.add(path);
      else excused.delete(path);
    }
  }
  return excused;
}

/** Compares every record with the truth, but for those excused, and looks for records that nobody ever had. */
export function checkTruth(
  { truth, current, versions }: Evidence,
  excused: ReadonlySet<string>,
  promise: 'truth' | 'repaired',
): Violation[] {
  const missing = [...truth.keys()].filter((path) => !current.has(path) && !excused.has(path));
  const invented = [...current.keys()].filter((path) => !truth.has(path));
  const different = [...current].flatMap(([path, state]): string[] => {
    const newest = truth.get(path)?.at(-1);
    const isRight = !newest || excused.has(path) || isTrue(state, newest, versions.get(path) ?? []);
    return isRight ? [] : [path];
  });
  return [
    ...missing.map((path) => ({ promise, path, what: 'is not in the table' })),
    ...invented.map((path) => ({ promise, path, what: 'is in the table, and nowhere else' })),
    ...different.map((path) => ({ promise, path, what: 'differs from what Partner Central holds' })),
  ];
}

function isTrue(
  { payload }: RecordState,
  { body, inaccessible }: PastState,
  versions: readonly Version[],
): boolean {
  const known = omitNulls(body);
  const isRedacted = inaccessible || textAt(known, 'Status') === 'REJECTED';
  if (!isRedacted) return isDeepStrictEqual(payload, known);
  if (inaccessible) {
    // The reason of a rejection cannot be read any more, nor anything else where nothing was read before.
    const { RejectionReason: _, ...readable } = known;
    const wasRead = versions.some(({ tombstone }) => !tombstone);
    if (!wasRead) return payload['Status'] === known['Status'] && payload['Id'] === known['Id'];
    return isDeepStrictEqual(redactPayload(payload), redactPayload(readable));
  }
  return isDeepStrictEqual(redactPayload(payload), redactPayload(known));
}

/** Numbers without gaps, the current item being the last of them. */
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
          promise: 'contiguous',
          path,
          what: `has the versions ${numbers.join(', ') || 'none'}, its current item is ${state?.version ?? 'missing'}`,
        },
      ];
    if (isDeepStrictEqual(newest.payload, state.payload)) return [];
    return [{ promise: 'contiguous', path, what: 'has a current item that is not its newest version' }];
  });
}

/** How much may lie between the instant that a read is dated with and the state that it shows, milliseconds. */
export interface Tolerance {
  readonly staleMs: number;
}

/** Walks the versions of each record: AWS's stamp never falls, a settled invitation stays settled, no state is of the past. */
export function checkBackwards({ truth, versions }: Evidence, { staleMs }: Tolerance): Violation[] {
  return [...versions].flatMap(([path, all]) =>
    all.flatMap((version, index): Violation[] => {
      const problem =
        stepBack(all[index - 1], version) ??
        outdated(version, all[index - 1], truth.get(path) ?? [], staleMs);
      return problem === undefined
        ? []
        : [{ promise: 'backwards', path, what: `version ${version.version} ${problem}` }];
    }),
  );
}

function stepBack(before: Version | undefined, after: Version): string | undefined {
  if (!before) return undefined;
  const { lastModifiedAt: from = '' } = before;
  const { lastModifiedAt: to = '' } = after;
  if (to < from) return `is of ${to}, the one before of ${from}`;
  if (from === to && after.readAt < before.readAt)
    return `was read at ${after.readAt}, the one before at ${before.readAt}`;
  const [was, is] = [statusOf(before), statusOf(after)];
  if (after.kind === 'engagement-invitation' && was !== 'PENDING' && is !== was)
    return `turns ${was} into ${is}`;
  return undefined;
}

function statusOf({ payload }: Version): string | undefined {
  return textAt(payload, 'Status');
}

/** A version that shows a state which was replaced long before it was read. */
function outdated(
  version: Version,
  before: Version | undefined,
  states: readonly PastState[],
  staleMs: number,
): string | undefined {
  const { kind, payload, tombstone, redacted, readAt } = version;
  // What a refusal left, what was redacted since, and what two reads were put together from, is no state of the truth.
  if (tombstone || redacted || kind === 'engagement') return undefined;
  // The same once more: something beside the payload is new.
  if (before && isDeepStrictEqual(before.payload, payload)) return undefined;
  const shown = states.flatMap(({ body }, index) => (isState(payload, body) ? [index] : []));
  if (shown.length === 0) return 'shows a state that never was';
  const replacedAtMs = states[Math.max(...shown) + 1]?.atMs ?? Number.POSITIVE_INFINITY;
  const lateMs = Date.parse(readAt) - replacedAtMs;
  return lateMs > staleMs
    ? `shows a state that was replaced ${Math.round(lateMs)} ms before it was read`
    : undefined;
}

function isState(payload: JsonObject, body: JsonObject): boolean {
  return isDeepStrictEqual(payload, omitNulls(body));
}

/** An invitation that was taken away keeps nothing sensitive, in none of its versions. */
export function checkRedaction({ current, versions }: Evidence): Violation[] {
  return [...current].flatMap(([path, state]): Violation[] => {
    if (state.kind !== 'engagement-invitation' || textAt(state.payload, 'Status') !== 'REJECTED') return [];
    const telling = [state, ...(versions.get(path) ?? [])].filter(
      ({ payload }) => !isDeepStrictEqual(payload, redactPayload(payload)),
    );
    if (telling.length === 0) return [];
    return [{ promise: 'redacted', path, what: 'was taken away, and still holds what is sensitive' }];
  });
}

/** What was accepted by the API is linked exactly, both ways. */
export function checkLinks({ current, acceptedByTask }: Evidence): Violation[] {
  return [...acceptedByTask].flatMap(([invitation, opportunity]) =>
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
        : [{ promise: 'linked', path: from, what: `should be linked to ${id}, and is to ${found}` }];
    }),
  );
}
