import { definitionOf } from '../core/action-definitions.ts';
import { withToken } from '../core/command-call.ts';
import { addMs } from '../core/instant.ts';
import type { JsonObject } from '../core/json.ts';
import type { LineCall } from '../core/line.ts';
import type { TokenRequest } from '../ports/command-store.ts';
import type { WriteResult } from '../ports/partner-central-writes.ts';
import { callPartnerCentral, operationOf } from './call-partner-central.ts';
import type { ActDeps } from './deps.ts';
import { handleTask } from './handle-task.ts';
import { lookForTask, readTask } from './read-task.ts';
import { finishCreation, lookForCreated, repeatMs, stopRepeating } from './settle-creation.ts';
import {
  again,
  type CommandWithContent,
  isTicketOver,
  type LineWork,
  lost,
  nowOf,
  restFor,
  type Step,
  tryUpdate,
  waits,
} from './work.ts';

/**
 * Makes the first call of a request with a token. The request is stored before, so that a
 * repetition has the same bytes: AWS then does it once.
 * @param body the request without its token
 */
export async function sendWithToken(
  work: LineWork,
  command: CommandWithContent,
  body: JsonObject,
  call: LineCall,
  deps: ActDeps,
): Promise<Step> {
  const { state, content, ticket } = command;
  const made = { body: withToken(body, state, 1), generation: 1 };
  const repeatUntil = addMs(call.beganAt, repeatMs * deps.timeScale);
  const first = definitionOf(state.action).creates ? { ...made, repeatUntil } : made;
  const request = content.tokenRequest ?? first;
  const token = { number: ticket.number, tokenRequest: request };
  if (!(await tryUpdate(work, { openCall: call }, deps, token))) return lost;
  return callWithToken(work, command, request, call, false, deps);
}

/**
 * Goes on with a request that may have arrived: it is repeated, or once AWS has named its task, the
 * task is read. After some time without an answer, what it has made is looked for before.
 */
export async function repeatWithToken(
  work: LineWork,
  command: CommandWithContent,
  call: LineCall,
  deps: ActDeps,
): Promise<Step> {
  const { tokenRequest } = command.content;
  if (!tokenRequest) return (await tryUpdate(work, { openCall: null }, deps)) ? again : lost;
  if (tokenRequest.taskId !== undefined) return readTask(work, command, tokenRequest, deps);
  const isCreation = definitionOf(command.state.action).creates;
  const look = isCreation ? lookForCreated : lookForTask;
  if (isTicketOver(command.ticket, deps)) return endWithToken(work, command, tokenRequest, call, look, deps);
  const found = await look(work, command, tokenRequest, call, deps);
  if (typeof found !== 'string') return found;
  // Only a call can find out, and an operator has paused calls.
  if ((await deps.commandSwitch.state()) !== 'running') return restFor('paused', deps);
  const repeated = { ...call, beganAt: nowOf(deps) };
  // The next look must begin when this call does not arrive any more.
  if (isCreation && !(await tryUpdate(work, { openCall: repeated }, deps))) return lost;
  return callWithToken(work, command, tokenRequest, repeated, !isCreation || found !== 'absent', deps);
}

/**
 * Ends the repetitions of a command that was cancelled or has expired: what an earlier call has
 * made counts, and no call begins what none has made.
 */
async function endWithToken(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  call: LineCall,
  look: typeof lookForTask,
  deps: ActDeps,
): Promise<Step> {
  const { repeatUntil } = request;
  const now = nowOf(deps);
  if (repeatUntil === undefined || now < repeatUntil)
    return stopRepeating(work, command, request, call, deps);
  const lastCallAt = call.beganAt > repeatUntil ? call.beganAt : repeatUntil;
  const certainFrom = addMs(lastCallAt, deps.callMs + waits.lag * deps.timeScale);
  if (now < certainFrom) return { kind: 'rest', dueAt: certainFrom };
  const found = await look(work, command, request, call, deps);
  if (typeof found !== 'string') return found;
  return (await tryUpdate(work, { openCall: null }, deps)) ? again : lost;
}

/** @param isRepeated whether an earlier call may have been applied */
async function callWithToken(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  openCall: LineCall,
  isRepeated: boolean,
  deps: ActDeps,
): Promise<Step> {
  const call = { operation: operationOf(command), body: request.body, isCurrent: () => true, isRepeated };
  const result = await callPartnerCentral(work, command, call, deps);
  const { creates } = definitionOf(command.state.action);
  if (result.kind === 'done')
    return creates
      ? finishCreation(work, command, result.answer, 'answer', deps)
      : handleTask(work, command, request, result.answer, deps);
  if (result.kind === 'unknown') return restFor('unknown', deps);
  if (result.kind !== 'refused' && isRepeated) return restFor('throttled', deps);
  if (creates && isRepeated) return stopRepeating(work, command, request, openCall, deps);
  return closeCall(work, openCall, result, deps);
}

/** AWS has done nothing, also not before: the token of a repetition would have named the task. */
async function closeCall(
  work: LineWork,
  { number, timestamp }: LineCall,
  result: Extract<WriteResult, { readonly kind: 'refused' | 'throttled' | 'outdated' }>,
  deps: ActDeps,
): Promise<Step> {
  if (!(await tryUpdate(work, { openCall: null }, deps))) return lost;
  if (result.kind === 'throttled') return restFor('throttled', deps);
  if (result.kind === 'refused') work.refusal = { number, timestamp, result };
  return again;
}
