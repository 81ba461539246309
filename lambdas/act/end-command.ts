import { definitionOf } from '../core/action-definitions.ts';
import type { CommandState } from '../core/command-state.ts';
import { partnerIdOf } from '../core/content-problems.ts';
import { addMs, dayMs, type Instant } from '../core/instant.ts';
import { type Line, linePath, type NamedCommand, type Ticket } from '../core/line.ts';
import type { CommandStore, LineUpdate, ReservedPartnerId } from '../ports/command-store.ts';
import type { ActMetric } from './contract.ts';
import type { ActDeps } from './deps.ts';
import { again, type CommandWork, type LineWork, nowOf, type Step } from './work.ts';
import { stepAfter, type WriteOutcome, writeState } from './write-state.ts';

/** How long the values of a command are kept after its end. */
export const contentLifeMs = 90 * dayMs;
const mostApplied = 20;

/** The end of a command. */
export type End =
  | (Pick<CommandState, 'evidence' | 'overwrites' | 'opportunityId'> & { readonly status: 'succeeded' })
  | (Pick<CommandState, 'code' | 'problems' | 'conflicts' | 'opportunityId'> & { readonly status: 'failed' })
  | { readonly status: 'expired' | 'cancelled' };

export interface EndOptions {
  readonly change?: LineUpdate;
  readonly awsMessages?: readonly string[] | undefined;
}

/**
 * How long after a create its identifier stays reserved, milliseconds: the index may not show the
 * new opportunity before.
 */
export const reservationMs = 60 * 60_000;

const countByStatus: Readonly<Record<End['status'], ActMetric>> = {
  succeeded: 'CommandsSucceeded',
  failed: 'CommandsFailed',
  expired: 'CommandsExpired',
  cancelled: 'CommandsCancelled',
};

/** Ends a command: its last version, in one transaction with its line. */
export async function endCommand(
  work: LineWork,
  command: CommandWork,
  end: End,
  deps: ActDeps,
  { change = {}, awsMessages }: EndOptions = {},
): Promise<Step> {
  const now = nowOf(deps);
  const next = endedState(command, end, now);
  // AWS may have made an opportunity with the identifier, which a person has to look for.
  const isUnknown = end.status === 'failed' && end.code === 'outcome-unknown';
  const frees = await reservationOf(work, command, isUnknown ? addMs(now, 30 * dayMs) : now, deps);
  const ofEnd = { removeContentAt: addMs(now, contentLifeMs), awsMessages, fruitlessClaims: 0, frees };
  const outcome = await commitState(work, command, next, { ...change, ...ofEnd }, deps);
  if (outcome === 'written') reportEnd(work, command, next, deps);
  return stepAfter(outcome);
}

export function endedState({ state }: CommandWork, end: End, now: Instant): CommandState {
  return { ...state, reason: undefined, ...end, endedAt: now };
}

/** The reservation of a create that has made no opportunity, with the time when it ends. */
async function reservationOf(
  { claimed: { line } }: LineWork,
  { ticket: { action, commandId, number } }: CommandWork,
  freeAt: Instant,
  { commands }: ActDeps,
): Promise<ReservedPartnerId | undefined> {
  if (!definitionOf(action).creates) return undefined;
  const content = await commands.content(line, number);
  const partnerId = content && partnerIdOf(content.request.content);
  return partnerId === undefined ? undefined : { partnerId, commandId, freeAt };
}

export function reportEnd(work: LineWork, { ticket }: CommandWork, next: CommandState, deps: ActDeps): void {
  const { action, code, evidence, status, paths } = next;
  if (isEndStatus(status)) deps.metrics.count(countByStatus[status]);
  if (code === 'half-done') deps.metrics.count('CommandsHalfDone');
  deps.log.info('command.ended', { ...logFields(work, ticket), action, status, code, evidence, paths });
}

function isEndStatus(status: CommandState['status']): status is End['status'] {
  return Object.hasOwn(countByStatus, status);
}

/** Makes a command wait. Does nothing if it waits for that reason already. */
export async function waitCommand(
  work: LineWork,
  command: CommandWork,
  reason: 'lock',
  deps: ActDeps,
): Promise<Step> {
  const { state, ticket } = command;
  if (state.status === 'waiting' && state.reason === reason) return again;
  const outcome = await commitState(work, command, { ...state, status: 'waiting', reason }, {}, deps);
  if (outcome !== 'written') return stepAfter(outcome);
  deps.metrics.count('CommandsWaiting');
  deps.log.info('command.postponed', { ...logFields(work, ticket), action: state.action, reason });
  return again;
}

export function logFields({ claimed }: LineWork, { commandId, number }: Ticket) {
  return { correlationId: commandId, line: linePath(claimed.line), number };
}

function commitState(
  { claimed }: LineWork,
  command: CommandWork,
  next: CommandState,
  change: Omit<Parameters<CommandStore['commit']>[4], 'number'>,
  deps: ActDeps,
): Promise<WriteOutcome> {
  const ofTicket = { ...change, number: command.ticket.number };
  return writeState(command, next, deps, (version, dueAt) =>
    deps.commands.commit(command.record, version, dueAt, claimed, ofTicket),
  );
}

/** The line after a command has changed its record. */
export function withApplied(
  { claimed }: LineWork,
  command: CommandWork,
  deps: Pick<ActDeps, 'clock'>,
): Line['applied'] {
  const { number } = command.ticket;
  const applied = { number, ...nameOf(command), answeredAt: nowOf(deps) };
  return [...claimed.line.applied, applied].slice(-mostApplied);
}

/** Names a command on its line. */
export function nameOf({ ticket, state }: CommandWork): NamedCommand {
  return { id: ticket.commandId, key: state.key, client: state.client };
}
