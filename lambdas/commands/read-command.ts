import { definitionOf } from '../core/action-definitions.ts';
import type { Client } from '../core/client.ts';
import { findReached, reachedPaths } from '../core/client-pointers.ts';
import type { CommandAction } from '../core/command.ts';
import { commandStateOf } from '../core/command-version.ts';
import { contextPayload } from '../core/engagement-context.ts';
import type { JsonObject } from '../core/json.ts';
import { omitMembers } from '../core/json-pointer.ts';
import { parsePointer, type Steps } from '../core/pointer-selection.ts';
import type { RecordState } from '../core/version.ts';
import type { StoredContent } from '../ports/command-store.ts';
import { type FindCommandDeps, findCommand, readContent } from './find-repeated.ts';

/** A command with the request of its client. */
export interface CommandDetails {
  readonly command: RecordState;
  /** Undefined once it is gone: 90 days after the end, or after an erasure. */
  readonly content: StoredContent | undefined;
}

export async function readCommand(
  commandId: string,
  deps: FindCommandDeps,
): Promise<CommandDetails | undefined> {
  const command = await findCommand(commandId, deps);
  return command && { command, content: await readContent(command, deps) };
}

/** The members of a command as every door prints them, without values of the record. */
export function commandMembers(command: RecordState): JsonObject {
  const { client: _client, ...state } = commandStateOf(command);
  return { id: command.id, catalog: command.catalog, ...state, version: command.version };
}

/** Members that list what a request asks for besides its first command, if it does. */
export function listFollowers<Each>(followedBy: readonly Each[]): { readonly followedBy?: readonly Each[] } {
  return followedBy.length > 0 ? { followedBy } : {};
}

/**
 * Also the request of the client, and the words of AWS about the refusal.
 * @param client gets no value that its `never` names, even if it has sent it earlier
 */
export function detailMembers(
  { command, content }: CommandDetails,
  client?: Pick<Client, 'never'>,
): JsonObject {
  const { action, problems = [] } = commandStateOf(command);
  const messages = content?.awsMessages ?? [];
  const never = client?.never ?? [];
  const explained = problems.map((problem, index) => {
    const message = messages[index] ?? '';
    const isPrinted = message !== '' && !isHidden(never, action, problem.path);
    return isPrinted ? { ...problem, message } : problem;
  });
  return {
    ...commandMembers(command),
    ...(explained.length > 0 && { problems: explained }),
    ...(content && { request: visibleRequest(content, never) }),
  };
}

/**
 * The message of a task can name any value of the record, whatever the path of its problem is. So
 * can that about another action that has one path for all problems.
 */
function isHidden(never: readonly string[], action: CommandAction, path: string): boolean {
  const { task, reportedPath } = definitionOf(action);
  if (task || !reportedPath) return never.length > 0;
  return findReached(never, inRecord(action, path)) !== undefined;
}

/** The path in the record of a problem. Those of a create name the member of its request. */
function inRecord(action: CommandAction, path: string): string {
  return action === 'opportunity.create' ? path.replace(/^\/opportunity(?=\/|$)/, '') : path;
}

function visibleRequest({ body, request: { content } }: StoredContent, never: readonly string[]): JsonObject {
  if (content.action === 'opportunity.update')
    return { ...body, patch: omitMembers(content.patch, never.map(parsePointer)) };
  if (content.action === 'engagement.update_context') {
    const { id, patch } = content.context;
    const hidden = never.flatMap(stepsInContext);
    const hidesAll = hidden.some((steps) => steps.length === 0);
    return { ...body, context: hidesAll ? { id } : { id, patch: omitMembers(patch, hidden) } };
  }
  if (content.action === 'opportunity.create')
    return {
      ...withoutFollowers(body, never),
      opportunity: omitMembers(content.opportunity, never.map(parsePointer)),
    };
  const isReached = reachedPaths(content).some((path) => findReached(never, path) !== undefined);
  return isReached ? omitMembers(body, [['assignee'], ['entity']]) : body;
}

/** What a pointer into an engagement hides of the payload of a context. */
function stepsInContext(pointer: string): readonly Steps[] {
  const steps = parsePointer(pointer);
  const around = parsePointer(contextPayload);
  const isAt = steps.every((step, index) => index >= around.length || index === 1 || step === around[index]);
  return isAt ? [steps.slice(around.length)] : [];
}

/** Each follower is a command with a request of its own, which has its values. */
function withoutFollowers(body: JsonObject, never: readonly string[]): JsonObject {
  return never.length === 0 || body['followedBy'] === undefined ? body : omitMembers(body, [['followedBy']]);
}
