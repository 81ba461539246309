import { definitionOf } from '../core/action-definitions.ts';
import { timestampOf, valueAt, wantedValues } from '../core/command-actions.ts';
import { callsSince } from '../core/echo.ts';
import { longestLagMs } from '../core/freshness.ts';
import type { Instant } from '../core/instant.ts';
import type { JsonObject } from '../core/json.ts';
import { type FreshRead, judge, type OpenCall, type Verdict, type Wish } from '../core/judge.ts';
import type { LineCall } from '../core/line.ts';
import type { PatchValue } from '../core/merge-patch.ts';
import { isLocked } from '../core/review-lock.ts';
import { ifReadable } from '../core/unreadable.ts';
import type { ActDeps } from './deps.ts';
import type { CommandWithContent, LineWork } from './work.ts';

/** A read of the record on which a command is judged. */
export interface Judged {
  readonly payload: JsonObject;
  readonly beganAt: Instant;
}

/**
 * Judges a command on a read. What earlier commands of the same client have set is loaded only if
 * without it there is a conflict.
 */
export async function judgeCommand(
  work: LineWork,
  command: CommandWithContent,
  read: Judged,
  deps: ActDeps,
  openCall?: LineCall,
): Promise<Verdict> {
  const fresh = freshRead(command, read);
  const call = openCall && openCallOf(openCall);
  const verdict = judge(wishOf(command, []), fresh, call, deps.callMs);
  if (verdict.kind !== 'failed' || verdict.code !== 'conflict') return verdict;
  const earlier = await earlierValues(work, command, deps);
  return earlier.length === 0 ? verdict : judge(wishOf(command, earlier), fresh, call, deps.callMs);
}

function wishOf({ state, content }: CommandWithContent, earlier: readonly PatchValue[]): Wish {
  const { action, onLocked } = state;
  const onConflict = definitionOf(action).overwrites ? state.onConflict : 'fail';
  const wanted = wantedValues(content.request.content);
  return { wanted, base: content.base, earlier, onConflict, onLocked };
}

function freshRead({ state: { action } }: CommandWithContent, { payload, beganAt }: Judged): FreshRead {
  return {
    valueAt: (path) => valueAt(action, payload, path),
    timestamp: timestampOf(action, payload),
    beganAt,
    isLocked: definitionOf(action).isLockedByReview && isLocked(payload),
  };
}

function openCallOf({ beganAt, timestamp, before }: LineCall): OpenCall {
  return { beganAt, timestamp, before };
}

/**
 * What the same client has set by the same action since the version that it saw. What that version
 * has already is its base: a person who goes back to an older value of the client has changed it.
 */
async function earlierValues(
  { claimed: { line } }: LineWork,
  { ticket, state: { basedOn } }: CommandWithContent,
  { commands, records, lagMs = longestLagMs }: ActDeps,
): Promise<readonly PatchValue[]> {
  const { catalog, kind, id } = line;
  const seen =
    basedOn === undefined
      ? undefined
      : await ifReadable(() => records.version({ catalog, kind, id, version: basedOn }));
  if (!seen) return [];
  const own = callsSince(seen, { applied: line.applied }, lagMs).filter(
    ({ client, number }) => client === ticket.client && number !== ticket.number,
  );
  const contents = await Promise.all(own.map(({ number }) => commands.content(line, number)));
  return contents
    .flatMap((content) => content?.request.content ?? [])
    .filter(({ action }) => action === ticket.action)
    .flatMap(wantedValues);
}

/** The values of the wanted paths in a read, to know later what a call has changed. */
export function valuesBefore({ state, content }: CommandWithContent, payload: JsonObject): PatchValue[] {
  return wantedValues(content.request.content).map(({ path }) => ({
    path,
    value: valueAt(state.action, payload, path),
  }));
}
