import { type CommandState, commandKeyOf } from '../core/command-state.ts';
import { pathsOf } from '../core/command-target.ts';
import { commandVersion } from '../core/command-version.ts';
import { addMs, type Instant } from '../core/instant.ts';
import type { Ticket } from '../core/line.ts';
import type { AcceptedCommand } from '../ports/command-store.ts';
import type { Asked } from './find-repeated.ts';
import type { Plan } from './plan.ts';

/** Makes everything that is stored of a command. @param number of its ticket */
export function acceptedCommand(
  asked: Asked,
  plan: Plan,
  number: number,
  now: Instant,
  { outboxGraceMs }: { readonly outboxGraceMs: number },
): AcceptedCommand {
  const { line, commandId, request, base } = plan;
  const state = stateOf(asked, plan, number, now);
  return {
    version: commandVersion(undefined, commandKeyOf(line, commandId), state, now),
    intentDueAt: addMs(now, outboxGraceMs),
    ticket: ticketOf(plan, state),
    content: { body: asked.body, request, base },
  };
}

function stateOf({ client, key }: Asked, plan: Plan, number: number, now: Instant): CommandState {
  const { request, line, basedOn, check } = plan;
  const { content, onConflict, onLocked, after, expiresAt } = request;
  return {
    key,
    client,
    action: content.action,
    target: { kind: line.kind, id: line.id },
    number,
    paths: [...pathsOf(content)],
    ...(basedOn !== undefined && { basedOn }),
    onConflict,
    onLocked,
    ...(after !== undefined && { after }),
    acceptedAt: now,
    expiresAt,
    ...(check.needsApproval ? { status: 'waiting', reason: 'approval' } : { status: 'accepted' }),
  };
}

function ticketOf({ commandId, request, after, check }: Plan, state: CommandState): Ticket {
  const { number, client, action, expiresAt } = state;
  return {
    number,
    commandId,
    client,
    action,
    expiresAt,
    failsIfLocked: request.onLocked === 'fail',
    after,
    needsApproval: check.needsApproval,
    isCancelled: false,
  };
}
