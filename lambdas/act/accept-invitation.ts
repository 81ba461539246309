import { acceptanceRequest, operations } from '../core/command-call.ts';
import { textAt } from '../core/json.ts';
import type { LineCall } from '../core/line.ts';
import type { TokenRequest } from '../ports/command-store.ts';
import type { WriteResult } from '../ports/partner-central-writes.ts';
import { readOrRefusal } from '../records/read-or-refusal.ts';
import { handleRefusal, handleRefusedRead, reportDenied } from './act-on-command.ts';
import { callPartnerCentral } from './call-partner-central.ts';
import type { ActDeps } from './deps.ts';
import { endCommand } from './end-command.ts';
import { handleTask } from './handle-task.ts';
import { readTarget } from './read-target.ts';
import {
  again,
  type CommandWithContent,
  type LineWork,
  lost,
  nowOf,
  restFor,
  retryStep,
  type Step,
  tryUpdate,
} from './work.ts';

/**
 * Accepts an invitation. AWS does it in a task. The call stays open until the task has ended:
 * meanwhile its request is repeated, or once AWS has named the task, the task is read.
 */
export async function acceptInvitation(
  work: LineWork,
  command: CommandWithContent,
  deps: ActDeps,
): Promise<Step> {
  const { openCall } = work.claimed.line;
  const { tokenRequest } = command.content;
  if (!openCall || !tokenRequest) return beginAcceptance(work, command, deps);
  if (tokenRequest.taskId !== undefined) return readTask(work, command, tokenRequest.taskId, deps);
  // Only a call can find out, and an operator has paused calls.
  if ((await deps.commandSwitch.state()) !== 'running') return restFor('paused', deps);
  return callForTask(work, command, tokenRequest, true, deps);
}

async function beginAcceptance(work: LineWork, command: CommandWithContent, deps: ActDeps): Promise<Step> {
  const { ticket, state, content } = command;
  const read = await readTarget(work, ticket.commandId, deps);
  if (read.kind === 'behind') return retryStep('behind', work, deps);
  if (read.kind === 'refused') return handleRefusedRead(work, command, read.refusal, deps);
  const status = textAt(read.payload, 'Status');
  if (status === 'ACCEPTED')
    return endCommand(work, command, { status: 'succeeded', evidence: 'already' }, deps);
  if (status !== 'PENDING')
    return endCommand(work, command, { status: 'failed', code: 'conflict', conflicts: ['/Status'] }, deps);
  const { refusal } = work;
  work.refusal = undefined;
  if (refusal?.number === ticket.number) return handleRefusal(work, command, refusal.result, deps);
  const { line } = work.claimed;
  const call: LineCall = { number: ticket.number, beganAt: nowOf(deps), timestamp: status, before: [] };
  // Stored before the first call, so that a repetition has the same bytes.
  const request = content.tokenRequest ?? { body: acceptanceRequest(state, line, 1), generation: 1 };
  const token = { number: ticket.number, tokenRequest: request };
  if (!(await tryUpdate(work, { openCall: call }, deps, token))) return lost;
  return callForTask(work, command, request, false, deps);
}

async function callForTask(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  isRepeated: boolean,
  deps: ActDeps,
): Promise<Step> {
  const operation = operations['invitation.accept'];
  const call = { operation, body: request.body, isCurrent: () => true, isRepeated };
  const result = await callPartnerCentral(work, command, call, deps);
  if (result.kind === 'done') return handleTask(work, command, request, result.answer, deps);
  if (result.kind === 'unknown') return restFor('unknown', deps);
  if (result.kind !== 'refused' && isRepeated) return restFor('throttled', deps);
  return closeCall(work, command, result, deps);
}

/** AWS has done nothing, also not before: the token of a repetition would have named the task. */
async function closeCall(
  work: LineWork,
  { ticket: { number } }: CommandWithContent,
  result: Extract<WriteResult, { readonly kind: 'refused' | 'throttled' | 'outdated' }>,
  deps: ActDeps,
): Promise<Step> {
  if (!(await tryUpdate(work, { openCall: null }, deps))) return lost;
  if (result.kind === 'throttled') return restFor('throttled', deps);
  if (result.kind === 'refused') work.refusal = { number, timestamp: undefined, result };
  return again;
}

async function readTask(
  work: LineWork,
  command: CommandWithContent,
  taskId: string,
  deps: ActDeps,
): Promise<Step> {
  const { catalog, id } = work.claimed.line;
  // The first page only: one invitation has few tasks.
  const read = await readOrRefusal(() => deps.partnerCentral.listAcceptanceTasks(catalog, id));
  if ('refusal' in read) return reportDenied(work, command, deps);
  const task = read.answer.items.find((each) => textAt(each, 'TaskId') === taskId);
  const { tokenRequest } = command.content;
  if (!task || !tokenRequest) return restFor('task', deps);
  return handleTask(work, command, tokenRequest, task, deps);
}
