import { timestampOf, valueAt, wantedValues } from '../core/command-actions.ts';
import type { Instant } from '../core/instant.ts';
import type { JsonObject } from '../core/json.ts';
import { type FreshRead, judge, type OpenCall, type Verdict, type Wish } from '../core/judge.ts';
import type { LineCall } from '../core/line.ts';
import type { PatchValue } from '../core/merge-patch.ts';
import { isLocked } from '../core/review-lock.ts';
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
  // An invitation is settled once: no answer replaces another one.
  const onConflict = action === 'invitation.reject' ? 'fail' : state.onConflict;
  const wanted = wantedValues(content.request.content);
  return { wanted, base: content.base, earlier, onConflict, onLocked };
}

/** AWS's review stops updates alone. */
function freshRead({ state: { action } }: CommandWithContent, { payload, beganAt }: Judged): FreshRead {
  return {
    valueAt: (path) => valueAt(action, payload, path),
    timestamp: timestampOf(action, payload),
    beganAt,
    isLocked: action === 'opportunity.update' && isLocked(payload),
  };
}

function openCallOf({ beganAt, timestamp, before }: LineCall): OpenCall {
  return { beganAt, timestamp, before };
}

/** What the same client has set by the same action. */
async function earlierValues(
  { claimed }: LineWork,
  { ticket }: CommandWithContent,
  { commands }: ActDeps,
): Promise<readonly PatchValue[]> {
  const own = claimed.line.applied.filter(
    ({ client, number }) => client === ticket.client && number !== ticket.number,
  );
  const contents = await Promise.all(own.map(({ number }) => commands.content(claimed.line, number)));
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
