import type { TaskList } from '../core/action-definition.ts';
import { definitionOf } from '../core/action-definitions.ts';
import { addMs, parseInstant } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import type { LineCall, LineKey } from '../core/line.ts';
import { compareTexts } from '../core/text-order.ts';
import type { TokenRequest } from '../ports/command-store.ts';
import type { Page } from '../ports/partner-central.ts';
import { readOrRefusal } from '../records/read-or-refusal.ts';
import type { ActDeps } from './deps.ts';
import { refusedLook } from './handle-refusal.ts';
import { handleTask } from './handle-task.ts';
import { repeatMs, skewMs } from './settle-creation.ts';
import { type CommandWithContent, type LineWork, nowOf, retryStep, type Step } from './work.ts';

/** Lists the tasks for one record. The first page is enough: one record has few tasks. */
const lists: Readonly<Record<TaskList, ListTasks>> = {
  acceptances: (partnerCentral, { catalog, id }) => partnerCentral.listAcceptanceTasks(catalog, id),
  conversions: (partnerCentral, { catalog, id }) => partnerCentral.listConversionTasks(catalog, id),
  submissions: (partnerCentral, { catalog, id }) => partnerCentral.listSubmissionTasks(catalog, id),
};

type ListTasks = (partnerCentral: ActDeps['partnerCentral'], line: LineKey) => Promise<Page>;

/**
 * Reads the task of AWS that a command has started. If it is missing from the list for long, the
 * command ends.
 */
export function readTask(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  deps: ActDeps,
): Promise<Step> {
  const isOwn = (task: JsonObject) => textAt(task, 'TaskId') === request.taskId;
  return findTask(work, command, request, isOwn, () => retryStep('behind', work, deps), deps);
}

/**
 * Looks for a task whose start had no answer. `unneeded`: the token protects a repetition.
 * `absent`: no task is there.
 */
export async function lookForTask(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  { beganAt }: LineCall,
  deps: ActDeps,
): Promise<Step | 'unneeded' | 'absent'> {
  const repeatUntil = request.repeatUntil ?? addMs(beganAt, repeatMs * deps.timeScale);
  if (nowOf(deps) < repeatUntil) return 'unneeded';
  const { lastTaskAt = '' } = work.claimed.line;
  const earliest = addMs(beganAt, -skewMs);
  const contextId = textAt(request.body, 'ContextIdentifier');
  const isOwn = (task: JsonObject) => {
    const startedAt = parseInstant(task['StartTime']);
    const isLater = startedAt === undefined || (startedAt >= earliest && startedAt > lastTaskAt);
    return isLater && [undefined, contextId].includes(textAt(task, 'ContextId'));
  };
  return findTask(work, command, request, isOwn, () => 'absent' as const, deps);
}

/** Decides by the youngest task that matches. */
async function findTask<Absent>(
  work: LineWork,
  command: CommandWithContent,
  request: TokenRequest,
  isOwn: (task: JsonObject) => boolean,
  ifAbsent: () => Absent,
  deps: ActDeps,
): Promise<Step | Absent> {
  const { task: definition } = definitionOf(command.state.action);
  if (!definition) throw new TypeError(`${command.state.action} has no task`);
  const listTasks = lists[definition.list];
  const read = await readOrRefusal(() => listTasks(deps.partnerCentral, work.claimed.line));
  if ('refusal' in read) return refusedLook(work, command, read.refusal, deps);
  const task = read.answer.items.filter(isOwn).toSorted(byStart).at(-1);
  return task ? handleTask(work, command, request, task, deps) : ifAbsent();
}

function byStart(one: JsonObject, other: JsonObject): number {
  return compareTexts(parseInstant(one['StartTime']) ?? '', parseInstant(other['StartTime']) ?? '');
}
