import { type CommandState, commandKeyOf, hasEnded } from '../core/command-state.ts';
import { commandStateOf, commandVersion } from '../core/command-version.ts';
import { addMs } from '../core/instant.ts';
import { intentOf } from '../core/intent.ts';
import { linePath, type Ticket } from '../core/line.ts';
import { recordPath } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import type { CommandStore, LineUpdate } from '../ports/command-store.ts';
import { finishVersion } from '../records/finish-version.ts';
import type { ActMetric } from './contract.ts';
import type { ActDeps } from './deps.ts';
import { again, type CommandWork, type LineWork, lost, nowOf, type Step } from './work.ts';

/** How long the values of a command are kept after its end. */
const contentLifeMs = 90 * 24 * 60 * 60_000;
const mostApplied = 20;

/**
 * Reads the command of a ticket.
 * @throws ServiceError `record.unreadable` (never) if it was deleted, or edited by hand
 */
export async function readCommand(
  ticket: Ticket,
  { claimed }: LineWork,
  { records }: ActDeps,
): Promise<CommandWork> {
  const key = commandKeyOf(claimed.line, ticket.commandId);
  const record = await records.current(key);
  if (record) return { ticket, record, state: commandStateOf(record) };
  const item = `${recordPath(key)} current`;
  throw new ServiceError('record.unreadable', { item, problems: ['the command of a ticket is gone'] });
}

/** The end of a command. */
export type End =
  | (Pick<CommandState, 'evidence' | 'overwrites' | 'opportunityId'> & { readonly status: 'succeeded' })
  | (Pick<CommandState, 'code' | 'problems' | 'conflicts'> & { readonly status: 'failed' })
  | { readonly status: 'expired' | 'cancelled' };

export interface EndOptions {
  readonly change?: LineUpdate;
  readonly awsMessages?: readonly string[] | undefined;
}

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
  const { ticket, state } = command;
  const now = nowOf(deps);
  const next = { ...state, reason: undefined, ...end, endedAt: now };
  const ofEnd = { removeContentAt: addMs(now, contentLifeMs), awsMessages, fruitlessClaims: 0 };
  const step = await commitState(work, command, next, { ...change, ...ofEnd }, deps);
  if (step.kind === 'lost') return step;
  deps.metrics.count(countByStatus[end.status]);
  if (next.code === 'half-done') deps.metrics.count('CommandsHalfDone');
  const { action, code, evidence, status } = next;
  const fields = { ...logFields(work, ticket), action, status, code, evidence, paths: state.paths };
  deps.log.info('command.ended', fields);
  return step;
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
  const step = await commitState(work, command, { ...state, status: 'waiting', reason }, {}, deps);
  if (step.kind === 'lost') return step;
  deps.metrics.count('CommandsWaiting');
  deps.log.info('command.postponed', { ...logFields(work, ticket), action: state.action, reason });
  return step;
}

export function logFields({ claimed }: LineWork, { commandId, number }: Ticket) {
  return { correlationId: commandId, line: linePath(claimed.line), number };
}

/** Writes a version of a command in the steps of `tryAppend`; the commit is the one of its line. */
async function commitState(
  { claimed }: LineWork,
  { ticket, record }: CommandWork,
  next: CommandState,
  change: Omit<Parameters<CommandStore['commit']>[4], 'number'>,
  deps: ActDeps,
): Promise<Step> {
  const { records, commands, outboxGraceMs } = deps;
  const now = nowOf(deps);
  const version = commandVersion(record, record, next, now);
  await finishVersion(record, deps);
  const intent = intentOf(version, addMs(now, outboxGraceMs));
  await records.putIntent(intent);
  const ofTicket = { ...change, number: ticket.number };
  if ((await commands.commit(record, version, intent.dueAt, claimed, ofTicket)) === 'lost') {
    // Another worker can have made the same version: then the intent is of both.
    const winner = await records.current(version);
    if (winner?.messageId !== version.messageId) await records.removeIntent(intent);
    return lost;
  }
  await records.putVersion(version, intent.dueAt);
  return again;
}

/** The line after a command has changed its record. */
export function withApplied({ claimed }: LineWork, { number, client }: Ticket) {
  return [...claimed.line.applied, { number, client }].slice(-mostApplied);
}

/** How the command has ended that had to succeed before; `running` if it has not. */
export async function predecessorOf(
  { after }: Ticket,
  { claimed }: LineWork,
  { records }: ActDeps,
): Promise<'succeeded' | 'failed' | 'running'> {
  if (after === undefined) return 'succeeded';
  const record = await records.current(commandKeyOf(claimed.line, after));
  if (!record) return 'failed';
  const state = commandStateOf(record);
  if (!hasEnded(state)) return 'running';
  return state.status === 'succeeded' ? 'succeeded' : 'failed';
}
