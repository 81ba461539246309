import type { CommandContent } from '../core/command.ts';
import { timestampOf } from '../core/command-actions.ts';
import { judgeRefusal } from '../core/command-refusal.ts';
import { reportedPath } from '../core/command-target.ts';
import { addMs } from '../core/instant.ts';
import type { Verdict } from '../core/judge.ts';
import { isFailure } from '../core/service-error.ts';
import type { RecordState } from '../core/version.ts';
import type { Refusal } from '../records/read-or-refusal.ts';
import type { ActDeps } from './deps.ts';
import { type End, endCommand, logFields, waitCommand } from './end-command.ts';
import { type Judged, judgeCommand } from './judge-command.ts';
import { readTarget } from './read-target.ts';
import { sendCommand } from './send-command.ts';
import {
  type CommandWithContent,
  type CommandWork,
  type LineWork,
  nowOf,
  restFor,
  retryStep,
  type Step,
  waits,
} from './work.ts';

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
  if (verdict.kind === 'send') return sendOrFail(work, command, read, verdict.overwrites, deps);
  if (verdict.kind === 'wait') return waitForLock(work, command, deps);
  return endCommand(work, command, endOf(verdict, command.content.request.content), deps);
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

export function handleRefusal(
  work: LineWork,
  command: CommandWithContent,
  result: Parameters<typeof judgeRefusal>[0],
  deps: ActDeps,
): Promise<Step> | Step {
  const verdict = judgeRefusal(result, command.content.request.content);
  if (verdict.kind === 'denied') return reportDenied(work, command, deps);
  if (verdict.kind === 'look-again') return retryStep('refused', work, deps);
  const { kind: status, code, problems, awsMessages } = verdict;
  return endCommand(work, command, { status, code, problems }, deps, { awsMessages });
}

/** A denial by IAM is no fault of the client: the command waits for an operator. */
export function reportDenied(work: LineWork, { ticket }: CommandWork, deps: ActDeps): Step {
  deps.metrics.count('CommandsDenied');
  deps.log.warn('command.postponed', { ...logFields(work, ticket), reason: 'denied' });
  return restFor('denied', deps);
}

/**
 * Without a reason of AWS, IAM denies access, unless the record is known to be taken away, or is an
 * invitation that has expired: the event that said it was taken away may have been lost.
 */
export async function handleRefusedRead(
  work: LineWork,
  command: CommandWork,
  refusal: Refusal,
  deps: ActDeps,
): Promise<Step> {
  const isDenial =
    isFailure(refusal, 'partner-central.access-denied') && refusal.details.awsReason === undefined;
  const { catalog, kind, id } = work.claimed.line;
  if (isDenial && !isOver(await deps.records.current({ catalog, kind, id }), deps))
    return reportDenied(work, command, deps);
  return endCommand(work, command, { status: 'failed', code: 'not-found' }, deps, {
    change: { openCall: null },
  });
}

function isOver(current: RecordState | undefined, deps: ActDeps): boolean {
  if (!current) return false;
  const { kind, tombstone, attributes } = current;
  const { dueOn } = attributes;
  return tombstone || (kind === 'engagement-invitation' && dueOn !== undefined && dueOn < nowOf(deps));
}

/** Updates wait until the review ends; other commands of the line do not. */
async function waitForLock(work: LineWork, command: CommandWithContent, deps: ActDeps): Promise<Step> {
  work.isLocked = true;
  work.lookAgainAt.push(addMs(nowOf(deps), waits.lock * deps.timeScale));
  return waitCommand(work, command, 'lock', deps);
}
