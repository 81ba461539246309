import { addMs, type Instant } from './instant.ts';
import type { Json } from './json.ts';
import { lastStep } from './json-pointer.ts';
import type { PatchValue } from './merge-patch.ts';
import { isSameValue } from './same-value.ts';
import { compareTimestampTexts } from './timestamp-text.ts';

/** What a command wants of a record, and on which values the client based it. */
export interface Wish {
  readonly wanted: readonly PatchValue[];
  /** The values of the wanted paths in the version that the client saw. */
  readonly base: readonly PatchValue[];
  /** The values that earlier commands of the same client have set. */
  readonly earlier: readonly PatchValue[];
  /** `overwrite` also replaces values that others have changed since. */
  readonly onConflict: 'fail' | 'overwrite';
  /** What happens while AWS reviews the record, so that it takes no update. */
  readonly onLocked: 'wait' | 'fail';
}

/** What a read of the record returned. */
export interface FreshRead {
  readonly valueAt: (path: string) => Json | undefined;
  /** AWS's timestamp as printed; undefined if the record or the operation has none. */
  readonly timestamp: string | undefined;
  /** When the read began. */
  readonly beganAt: Instant;
  /** Whether AWS reviews the record. */
  readonly isLocked: boolean;
}

/** A call that was made and whose end is unknown, such as a timeout. */
export interface OpenCall {
  readonly beganAt: Instant;
  /** AWS's timestamp in the read before the call; undefined if there is none. */
  readonly timestamp: string | undefined;
  /** The values of the wanted paths in the read before the call. */
  readonly before: readonly PatchValue[];
}

/** A path whose value is neither the base nor what is wanted. */
export interface Conflict {
  readonly path: string;
}

export type Verdict =
  /** `read-back`: by the open call. `already`: before any call. */
  | { readonly kind: 'succeeded'; readonly evidence: 'read-back' | 'already' }
  /** `overwrites` are the paths whose values others have changed. */
  | { readonly kind: 'send'; readonly overwrites: readonly string[] }
  | { readonly kind: 'wait'; readonly reason: 'lock' }
  /** Only a read that begins at `until` or later says how the open call ended. */
  | { readonly kind: 'wait'; readonly reason: 'open-call'; readonly until: Instant }
  | { readonly kind: 'failed'; readonly code: 'conflict'; readonly conflicts: readonly Conflict[] }
  /** The open call may have been applied, and then undone by a person. */
  | { readonly kind: 'failed'; readonly code: 'locked' | 'outcome-unknown' };

/**
 * A request that has not arrived after this time does not arrive any more, milliseconds. Scaled
 * only where time is scaled.
 */
export const longestCallMs = 60_000;

/**
 * Decides what happens to a command, given a read of its record.
 * @param openCall the last call for the command, if its end is unknown
 * @param callMs after this time a request does not arrive any more
 */
export function judge(wish: Wish, fresh: FreshRead, openCall?: OpenCall, callMs = longestCallMs): Verdict {
  return (openCall && judgeOpenCall(wish, fresh, openCall, callMs)) ?? judgeWish(wish, fresh);
}

/** Returns undefined if the call was not applied, and nothing has changed since. */
function judgeOpenCall(wish: Wish, fresh: FreshRead, call: OpenCall, callMs: number): Verdict | undefined {
  const hasMoved = hasTimestampMoved(call.timestamp, fresh.timestamp);
  const isApplied = holds(wish.wanted, fresh);
  if (isApplied && hasMoved === true) return { kind: 'succeeded', evidence: 'read-back' };
  const until = addMs(call.beganAt, callMs);
  if (fresh.beganAt < until) return { kind: 'wait', reason: 'open-call', until };
  if (isApplied) return { kind: 'succeeded', evidence: 'read-back' };
  // A call is applied as a whole: what is not there now was changed or undone by others.
  if (!holds(call.before, fresh)) return judgeChange({ ...wish, base: [], earlier: [] }, fresh);
  if (hasMoved === false || wish.onConflict === 'overwrite') return undefined;
  return { kind: 'failed', code: 'outcome-unknown' };
}

function judgeWish(wish: Wish, fresh: FreshRead): Verdict {
  if (holds(wish.wanted, fresh)) return { kind: 'succeeded', evidence: 'already' };
  return judgeChange(wish, fresh);
}

/** Decides about values that are not all there yet. */
function judgeChange(wish: Wish, fresh: FreshRead): Verdict {
  const overwrites = wish.wanted.map(({ path }) => path).filter((path) => isConflict(path, wish, fresh));
  if (overwrites.length > 0 && wish.onConflict === 'fail')
    return { kind: 'failed', code: 'conflict', conflicts: overwrites.map((path) => ({ path })) };
  if (fresh.isLocked)
    return wish.onLocked === 'fail' ? { kind: 'failed', code: 'locked' } : { kind: 'wait', reason: 'lock' };
  return { kind: 'send', overwrites };
}

/** Whether a value was changed by others: it is not wanted, not the base, and not our own. */
function isConflict(path: string, { wanted, base, earlier }: Wish, fresh: FreshRead): boolean {
  const accepted = [...wanted, ...base, ...earlier].filter((each) => each.path === path);
  return !accepted.some(({ value }) => isSameAt(path, value, fresh));
}

function holds(values: readonly PatchValue[], fresh: FreshRead): boolean {
  return values.every(({ path, value }) => isSameAt(path, value, fresh));
}

function isSameAt(path: string, value: Json | undefined, fresh: FreshRead): boolean {
  return isSameValue(value, fresh.valueAt(path), lastStep(path));
}

/** Returns undefined if one of the two has no timestamp to compare. */
function hasTimestampMoved(before: string | undefined, after: string | undefined): boolean | undefined {
  if (before === undefined || after === undefined) return undefined;
  return before !== after && compareTimestampTexts(before, after) !== 0;
}
