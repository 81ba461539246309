import { acceptanceRequest } from '../core/command-call.ts';
import { addMs } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import type { TokenRequest } from '../ports/command-store.ts';
import { handleRefusedRead } from './act-on-command.ts';
import type { ActDeps } from './deps.ts';
import { endCommand, withApplied } from './end-command.ts';
import { readTarget } from './read-target.ts';
import {
  type CommandWithContent,
  type LineWork,
  lost,
  nowOf,
  restFor,
  retryStep,
  type Step,
  tryUpdate,
  waits,
} from './work.ts';

/** Reasons of a failed task that may be gone when it is started again. */
const retryableReasons: ReadonlySet<string | undefined> = new Set([
  'InternalError',
  'RequestThrottled',
  'ServiceQuotaExceeded',
]);
/** A new start has a new token, because the old one answers with the failed task. */
const mostGenerations = 3;

/** Decides by the task that accepts an invitation, as the call or the list of tasks returns it. */
export async function handleTask(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  task: JsonObject,
  deps: ActDeps,
): Promise<Step> {
  const status = textAt(task, 'TaskStatus');
  if (status === 'COMPLETE') return finishAcceptance(work, command, textAt(task, 'OpportunityId'), deps);
  const now = nowOf(deps);
  const failedAt = status === 'FAILED' ? (request.failedAt ?? now) : undefined;
  // Until then a read of the invitation may not show what the task has done.
  const certainFrom = failedAt && addMs(failedAt, waits.lag * deps.timeScale);
  if (certainFrom && now >= certainFrom) return handleFailedTask(work, command, request, task, deps);
  const taskId = textAt(task, 'TaskId') ?? request.taskId;
  if (taskId !== request.taskId || failedAt !== request.failedAt) {
    const token = { number: command.ticket.number, tokenRequest: { ...request, taskId, failedAt } };
    if (!(await tryUpdate(work, {}, deps, token))) return lost;
  }
  return certainFrom ? { kind: 'rest', dueAt: certainFrom } : restFor('task', deps);
}

function finishAcceptance(
  work: LineWork,
  command: CommandWithContent,
  opportunityId: string | undefined,
  deps: ActDeps,
): Promise<Step> {
  const { ticket } = command;
  const answered = { commandId: ticket.commandId, answeredAt: nowOf(deps) };
  const change = { openCall: null, answered, applied: withApplied(work, ticket) };
  const end = { status: 'succeeded', evidence: 'answer', opportunityId } as const;
  return endCommand(work, command, end, deps, { change });
}

/** A task can fail after it has accepted the invitation: then there is no opportunity. */
async function handleFailedTask(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  task: JsonObject,
  deps: ActDeps,
): Promise<Step> {
  const { ticket, state } = command;
  const read = await readTarget(work, ticket.commandId, deps);
  if (read.kind === 'behind') return retryStep('behind', work, deps);
  if (read.kind === 'refused') return handleRefusedRead(work, command, read.refusal, deps);
  const isAccepted = textAt(read.payload, 'Status') === 'ACCEPTED';
  const reason = textAt(task, 'ReasonCode');
  const { generation } = request;
  if (!isAccepted && retryableReasons.has(reason) && generation < mostGenerations) {
    const { line } = work.claimed;
    const body = acceptanceRequest(state, line, generation + 1);
    const token = { number: ticket.number, tokenRequest: { body, generation: generation + 1 } };
    const openCall = { number: ticket.number, beganAt: nowOf(deps), before: [] };
    return (await tryUpdate(work, { openCall }, deps, token)) ? restFor('task', deps) : lost;
  }
  const problems = [{ path: '/Status', code: reason ?? 'unknown', by: 'aws' as const }];
  const code = isAccepted ? 'half-done' : 'task-failed';
  const awsMessages = [textAt(task, 'Message') ?? ''];
  return endCommand(work, command, { status: 'failed', code, problems }, deps, {
    change: { openCall: null },
    awsMessages,
  });
}
