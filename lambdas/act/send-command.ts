import { definitionOf } from '../core/action-definitions.ts';
import type { CommandContent } from '../core/command.ts';
import { timestampOf } from '../core/command-actions.ts';
import { requestOf } from '../core/command-call.ts';
import { isIrreversible, pathsOf } from '../core/command-target.ts';
import { epochMsOf } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import type { LineCall } from '../core/line.ts';
import type { WriteResult } from '../ports/partner-central-writes.ts';
import { callPartnerCentral, operationOf } from './call-partner-central.ts';
import type { ActDeps } from './deps.ts';
import { endCommand, nameOf, withApplied } from './end-command.ts';
import { type Judged, valuesBefore } from './judge-command.ts';
import { sendWithToken } from './send-with-token.ts';
import {
  again,
  type CommandWithContent,
  type LineWork,
  lost,
  nowOf,
  restFor,
  type Step,
  tryUpdate,
} from './work.ts';

/**
 * The longest time from the beginning of the read to the call that is based on it. Two workers that
 * share one write a second get a permit every 2.1 s each: with 2 s, one permit in seven is lost.
 */
export const longestReadAgeMs = 3_000;

/**
 * Makes the call of a command. It is on the line before it is made, so that after a crash a read,
 * or a repetition with the same token, shows whether AWS has done it.
 */
export async function sendCommand(
  work: LineWork,
  command: CommandWithContent,
  read: Judged,
  overwrites: readonly string[],
  deps: ActDeps,
): Promise<Step> {
  const { action } = command.state;
  const { content } = command.content.request;
  const request = requestOf(content, work.claimed.line, read.payload);
  if ('missing' in request) return failOwn(work, command, 'not-yours', request.missing, 'would-orphan', deps);
  if ('gone' in request) return failOwn(work, command, 'refused', request.gone, 'no-context', deps);
  if (needsApproval(command, content, read.payload)) {
    const [path = ''] = pathsOf(content);
    return failOwn(work, command, 'refused', path, 'needs-approval', deps);
  }
  const call: LineCall = {
    number: command.ticket.number,
    beganAt: nowOf(deps),
    timestamp: timestampOf(action, read.payload),
    before: valuesBefore(command, read.payload),
    command: nameOf(command),
  };
  if (definitionOf(action).hasToken) return sendWithToken(work, command, request.body, call, deps);
  return sendOnce(work, command, call, { request: request.body, read, overwrites }, deps);
}

interface Sending {
  readonly request: JsonObject;
  readonly read: Judged;
  readonly overwrites: readonly string[];
}

async function sendOnce(
  work: LineWork,
  command: CommandWithContent,
  call: LineCall,
  { request, read, overwrites }: Sending,
  deps: ActDeps,
): Promise<Step> {
  if (!(await tryUpdate(work, { openCall: call }, deps))) return lost;
  const isCurrent = () => deps.clock.nowMs() - epochMsOf(read.beganAt) <= longestReadAgeMs;
  const made = { operation: operationOf(command), body: request, isCurrent, isRepeated: false };
  const result = await callPartnerCentral(work, command, made, deps);
  if (result.kind === 'done')
    return finishCall(work, command, { request, answer: result.answer, overwrites }, deps);
  return handleFailedCall(work, command, call, result, deps);
}

/** It can have become irreversible after the acceptance: the solution is now the last one. */
function needsApproval(
  { state, content: { request } }: CommandWithContent,
  content: CommandContent,
  payload: JsonObject,
): boolean {
  const isApproved = request.irreversible || state.reason === 'approval';
  return !isApproved && !isIrreversible(content, {}) && isIrreversible(content, payload);
}

function failOwn(
  work: LineWork,
  command: CommandWithContent,
  code: 'not-yours' | 'refused',
  path: string,
  problem: string,
  deps: ActDeps,
): Promise<Step> {
  const problems = [{ path, code: problem, by: 'relay' as const }];
  return endCommand(work, command, { status: 'failed', code, problems }, deps);
}

interface Answered {
  readonly request: JsonObject;
  readonly answer: JsonObject;
  readonly overwrites: readonly string[];
}

function finishCall(
  work: LineWork,
  command: CommandWithContent,
  { request, answer, overwrites }: Answered,
  deps: ActDeps,
): Promise<Step> {
  const answered = {
    commandId: command.ticket.commandId,
    answeredAt: nowOf(deps),
    timestamp: textAt(answer, 'LastModifiedDate') ?? textAt(answer, 'EngagementLastModifiedAt'),
    reviewStatus: textAt(request, 'LifeCycle', 'ReviewStatus'),
  };
  const end = { status: 'succeeded', evidence: 'answer' } as const;
  const change = { openCall: null, answered, applied: withApplied(work, command, deps) };
  const withOverwrites = overwrites.length > 0 ? { ...end, overwrites: [...overwrites] } : end;
  return endCommand(work, command, withOverwrites, deps, { change });
}

/** A refusal is judged on the next read: it may be locked, or done already. */
async function handleFailedCall(
  work: LineWork,
  { ticket: { number } }: CommandWithContent,
  { timestamp }: LineCall,
  result: Exclude<WriteResult, { readonly kind: 'done' }>,
  deps: ActDeps,
): Promise<Step> {
  if (result.kind === 'unknown') return restFor('unknown', deps);
  if (!(await tryUpdate(work, { openCall: null }, deps))) return lost;
  if (result.kind === 'throttled') return restFor('throttled', deps);
  if (result.kind === 'refused') work.refusal = { number, timestamp, result };
  return again;
}
