import { definitionOf } from '../core/action-definitions.ts';
import { withToken } from '../core/command-call.ts';
import { pathsOf } from '../core/command-target.ts';
import { addMs, type Instant, parseInstant } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import type { TokenRequest } from '../ports/command-store.ts';
import type { ActDeps } from './deps.ts';
import { endCommand, nameOf, withApplied } from './end-command.ts';
import { handleRefusedRead } from './handle-refusal.ts';
import { linkCreated } from './link-created.ts';
import { readTarget } from './read-target.ts';
import {
  type CommandWithContent,
  isTicketOver,
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

/** Decides by the task of a command, as the call or the list of tasks returns it. */
export async function handleTask(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  task: JsonObject,
  deps: ActDeps,
): Promise<Step> {
  const status = textAt(task, 'TaskStatus');
  if (status === 'COMPLETE') return finishTask(work, command, request, task, deps);
  const now = nowOf(deps);
  const failedAt = status === 'FAILED' ? (request.failedAt ?? now) : undefined;
  // Until then a read of the record may not show what the task has done.
  const certainFrom = failedAt && addMs(failedAt, waits.lag * deps.timeScale);
  if (certainFrom && now >= certainFrom) return handleFailedTask(work, command, request, task, deps);
  if (!(await tryKeepTask(work, command, { ...request, failedAt }, task, deps))) return lost;
  return certainFrom ? { kind: 'rest', dueAt: certainFrom } : restFor('task', deps);
}

/** Stores what is known of the task, so that it is read and no call is repeated. */
async function tryKeepTask(
  work: LineWork,
  { ticket, content }: CommandWithContent,
  request: TokenRequest,
  task: JsonObject,
  deps: ActDeps,
): Promise<boolean> {
  const { tokenRequest: known } = content;
  const taskId = textAt(task, 'TaskId') ?? request.taskId;
  if (taskId === known?.taskId && request.failedAt === known?.failedAt) return true;
  return tryUpdate(work, {}, deps, { number: ticket.number, tokenRequest: { ...request, taskId } });
}

async function finishTask(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  task: JsonObject,
  deps: ActDeps,
): Promise<Step> {
  const { ticket } = command;
  const opportunityId = textAt(task, 'OpportunityId');
  const wait = await linkCreated(work, command, opportunityId, deps);
  if (wait) return (await tryKeepTask(work, command, request, task, deps)) ? wait : lost;
  const answered = { commandId: ticket.commandId, answeredAt: nowOf(deps) };
  const change = {
    openCall: null,
    answered,
    applied: withApplied(work, command, deps),
    lastTaskAt: startOf(task),
  };
  const end = { status: 'succeeded', evidence: 'answer', opportunityId } as const;
  return endCommand(work, command, end, deps, { change });
}

/** A task can fail after it has done the essential part, such as the acceptance. */
async function handleFailedTask(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  task: JsonObject,
  deps: ActDeps,
): Promise<Step> {
  const read = await readTarget(work, command.ticket.commandId, deps);
  if (read.kind === 'behind') return retryStep('behind', work, deps);
  if (read.kind === 'refused') return handleRefusedRead(work, command, read.refusal, deps);
  const definition = definitionOf(command.state.action).task;
  const isDone = definition?.isDone(read.payload) ?? false;
  const reason = textAt(task, 'ReasonCode');
  const mayStartAgain =
    !definition?.isStartedOnce && request.generation < mostGenerations && !isTicketOver(command.ticket, deps);
  if (!isDone && mayStartAgain && retryableReasons.has(reason))
    return startAgain(work, command, request, task, deps);
  const [path = ''] = pathsOf(command.content.request.content);
  const problems = [{ path, code: reason ?? 'unknown', by: 'aws' as const }];
  const hasLeft = definition?.leaves.some((name) => textAt(task, name) !== undefined);
  const code = isDone || hasLeft ? 'half-done' : 'task-failed';
  const awsMessages = [textAt(task, 'Message') ?? ''];
  const opportunityId = hasLeft ? textAt(task, 'OpportunityId') : undefined;
  const wait = await linkCreated(work, command, opportunityId, deps);
  if (wait) return wait;
  return endCommand(work, command, { status: 'failed', code, problems, opportunityId }, deps, {
    change: { openCall: null, lastTaskAt: startOf(task) },
    awsMessages,
  });
}

/** The next generation of the same request. Its call is repeated from now on. */
async function startAgain(
  work: LineWork,
  command: CommandWithContent,
  { body, generation }: TokenRequest,
  failed: JsonObject,
  deps: ActDeps,
): Promise<Step> {
  const { number } = command.ticket;
  const next = generation + 1;
  const token = { number, tokenRequest: { body: withToken(body, command.state, next), generation: next } };
  const openCall = { number, beganAt: nowOf(deps), before: [], command: nameOf(command) };
  const change = { openCall, lastTaskAt: startOf(failed) };
  return (await tryUpdate(work, change, deps, token)) ? restFor('task', deps) : lost;
}

/** By AWS's clock. */
function startOf(task: JsonObject): Instant | undefined {
  return parseInstant(task['StartTime']);
}
