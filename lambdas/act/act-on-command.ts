import { definitionOf } from '../core/action-definitions.ts';
import type { CommandContent } from '../core/command.ts';
import { timestampOf } from '../core/command-actions.ts';
import { pathsOf, reportedPath } from '../core/command-target.ts';
import { addMs } from '../core/instant.ts';
import type { Verdict } from '../core/judge.ts';
import type { ActDeps } from './deps.ts';
import { type End, endCommand, waitCommand } from './end-command.ts';
import { handleRefusal, handleRefusedRead } from './handle-refusal.ts';
import { type Judged, judgeCommand } from './judge-command.ts';
import { readTarget } from './read-target.ts';
import { sendCommand } from './send-command.ts';
import { type CommandWithContent, type LineWork, nowOf, retryStep, type Step, waits } from './work.ts';

/** Brings a command further that has no open call: reads its record, judges, and makes the call. */
export async function actOnCommand(
  work: LineWork,
  command: CommandWithContent,
  deps: ActDeps,
): Promise<Step> {
  const read = await readTarget(work, command.ticket.commandId, deps);
  if (read.kind === 'behind') return retryStep('behind', work, deps);
  if (read.kind === 'refused') return handleRefusedRead(work, command, read.refusal, deps);
  const verdict = await judgeCommand(work, command, read, deps);
  if (verdict.kind === 'send') {
    const { content } = command.content.request;
    const overwrites = [...new Set(verdict.overwrites.map((path) => reportedPath(path, content)))];
    return sendOrFail(work, command, read, overwrites, deps);
  }
  if (verdict.kind === 'wait') return waitForLock(work, command, deps);
  if (verdict.kind === 'succeeded' && isDoneByOthers(command)) return endInConflict(work, command, deps);
  return endCommand(work, command, endOf(verdict, command.content.request.content), deps);
}

/** Others have done it before any call, and maybe in another way than the command wants. */
function isDoneByOthers({ state: { action } }: CommandWithContent): boolean {
  return definitionOf(action).task?.endIfDone === 'conflict';
}

function endInConflict(work: LineWork, command: CommandWithContent, deps: ActDeps): Promise<Step> {
  const conflicts = [...pathsOf(command.content.request.content)];
  return endCommand(work, command, { status: 'failed', code: 'conflict', conflicts }, deps);
}

/** The end that a verdict gives a command. */
export function endOf(
  verdict: Extract<Verdict, { readonly kind: 'succeeded' | 'failed' }>,
  content: CommandContent,
): End {
  if (verdict.kind === 'succeeded') return { status: 'succeeded', evidence: verdict.evidence };
  if (verdict.code !== 'conflict') return { status: 'failed', code: verdict.code };
  const conflicts = verdict.conflicts.map(({ path }) => reportedPath(path, content));
  return { status: 'failed', code: 'conflict', conflicts: [...new Set(conflicts)] };
}

/** Makes the call, unless AWS has just refused it and the read shows no reason to try again. */
function sendOrFail(
  work: LineWork,
  command: CommandWithContent,
  read: Judged,
  overwrites: readonly string[],
  deps: ActDeps,
): Promise<Step> | Step {
  const { refusal } = work;
  work.refusal = undefined;
  const isSame = refusal?.timestamp === timestampOf(command.state.action, read.payload);
  if (refusal?.number !== command.ticket.number || !isSame)
    return sendCommand(work, command, read, overwrites, deps);
  return handleRefusal(work, command, refusal.result, deps);
}

/** Updates wait until the review ends; other commands of the line do not. */
async function waitForLock(work: LineWork, command: CommandWithContent, deps: ActDeps): Promise<Step> {
  work.isLocked = true;
  work.lookAgainAt.push(addMs(nowOf(deps), waits.lock * deps.timeScale));
  return waitCommand(work, command, 'lock', deps);
}
