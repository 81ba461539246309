import { judgeRefusal } from '../core/command-refusal.ts';
import { isFailure } from '../core/service-error.ts';
import type { RecordState } from '../core/version.ts';
import type { Refusal } from '../records/read-or-refusal.ts';
import type { ActDeps } from './deps.ts';
import { endCommand, logFields } from './end-command.ts';
import {
  type CommandWithContent,
  type CommandWork,
  type LineWork,
  nowOf,
  restFor,
  retryStep,
  type Step,
} from './work.ts';

/** Decides about a refusal of AWS that the last read does not explain. */
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

/** AWS does not list what a command may have made. Unless IAM denies it, its call is given up. */
export function refusedLook(work: LineWork, command: CommandWork, refusal: Refusal, deps: ActDeps): Step {
  return isDenial(refusal) ? reportDenied(work, command, deps) : retryStep('refused', work, deps);
}

/**
 * A denial is one by IAM, unless the record is known to be taken away, or is an invitation that has
 * expired: the event that said it was taken away may have been lost.
 */
export async function handleRefusedRead(
  work: LineWork,
  command: CommandWork,
  refusal: Refusal,
  deps: ActDeps,
): Promise<Step> {
  const { catalog, kind, id } = work.claimed.line;
  if (isDenial(refusal) && !isOver(await deps.records.current({ catalog, kind, id }), deps))
    return reportDenied(work, command, deps);
  return endCommand(work, command, { status: 'failed', code: 'not-found' }, deps, {
    change: { openCall: null },
  });
}

/** Without a reason of AWS, IAM denies access. */
export function isDenial(refusal: Refusal): boolean {
  return isFailure(refusal, 'partner-central.access-denied') && refusal.details.awsReason === undefined;
}

function isOver(current: RecordState | undefined, deps: ActDeps): boolean {
  if (!current) return false;
  const { kind, tombstone, attributes } = current;
  const { dueOn } = attributes;
  return tombstone || (kind === 'engagement-invitation' && dueOn !== undefined && dueOn < nowOf(deps));
}
