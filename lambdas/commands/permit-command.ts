import type { Client } from '../core/client.ts';
import { findForbidden, findReached, reachedPaths } from '../core/client-pointers.ts';
import type { CommandAction, CommandContent, CommandRequest } from '../core/command.ts';
import { contextPayload } from '../core/engagement-context.ts';
import type { RequestProblem } from '../core/request-problem.ts';
import type { Caller } from './caller.ts';
import { type Refused, refuse, refuseMembers } from './refusal.ts';

/*
 * What a client may do. `accept` calls these functions for every door. A caller with credentials of
 * AWS has no definition: IAM and the setting `relay:commands` limit it.
 */

/** An operator stops a client in this way: also its repetitions are refused. */
export function refuseDisabled({ client }: Caller): Refused | undefined {
  if (!client?.disabled) return undefined;
  const message = `the client ${client.id} is disabled; allowed: nothing, until an operator enables it`;
  return refuse('client-disabled', message);
}

/** Refuses what the definition of the client does not allow. Names each member of the request. */
export function permitCommand({ client }: Caller, request: CommandRequest): Refused | undefined {
  if (!client) return undefined;
  const problems = [
    ...choiceProblems('/action', request.content.action, client.actions),
    ...choiceProblems('/catalog', request.catalog, client.catalogs),
    ...pathProblems(client, request.content),
  ];
  return problems.length === 0 ? undefined : refuseMembers(problems, 'not-allowed');
}

/** Whether an operator must approve a command, also if it can be undone. */
export function hasToBeApproved({ client }: Caller, action: CommandAction): boolean {
  const approval = client?.approval ?? 'never';
  return typeof approval === 'string' ? approval === 'always' : approval.includes(action);
}

/** Whether a client gets no value at this path of the record. */
export function isHidden({ client }: Caller, path: string): boolean {
  return client !== undefined && findReached(client.never, path) !== undefined;
}

/** Whether a client may not change the value at this path of the record. */
export function isForbidden({ client }: Caller, path: string): boolean {
  return client !== undefined && findForbidden(client, path) !== undefined;
}

function choiceProblems(path: string, value: string, allowed: readonly string[]): readonly RequestProblem[] {
  if (allowed.includes(value)) return [];
  return [{ path, message: `"${value}"; allowed for this client: ${allowed.join(', ') || 'nothing'}` }];
}

function pathProblems(client: Client, content: CommandContent): readonly RequestProblem[] {
  return reachedPaths(content).flatMap((path) => {
    const forbidden = findForbidden(client, path);
    if (!forbidden) return [];
    const reason =
      'never' in forbidden
        ? `this client never changes ${forbidden.never}`
        : `this client changes only ${describeWritable(forbidden.writable)}`;
    return [{ path: memberOf(content, path), message: `${path} of the record: ${reason}` }];
  });
}

/** The answer repeats it for every member. */
const longestList = 500;

function describeWritable(pointers: readonly string[]): string {
  const list = pointers.join(', ') || 'nothing';
  return list.length > longestList ? `${list.slice(0, longestList)}…, ${pointers.length} pointers` : list;
}

/** The member of the request that asks for a change at a path of the record. */
function memberOf(content: CommandContent, path: string): string {
  if (content.action === 'opportunity.update') return `/patch${path}`;
  if (content.action === 'engagement.update_context')
    return `/context/patch${path.slice(contextPayload.length)}`;
  if (content.action === 'opportunity.create') return `/opportunity${path}`;
  const named = (['assignee', 'context', 'entity', 'involvementType'] as const).find(
    (name) => name in content,
  );
  return `/${named ?? 'action'}`;
}
