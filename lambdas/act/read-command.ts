import { commandKeyOf, hasEnded } from '../core/command-state.ts';
import { commandStateOf } from '../core/command-version.ts';
import type { Instant } from '../core/instant.ts';
import type { Ticket } from '../core/line.ts';
import { recordPath } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import type { ActDeps } from './deps.ts';
import type { CommandWork, LineWork } from './work.ts';

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

/** State of the command that `after` names. `changedAt`: time of its newest version. */
type Predecessor =
  | { readonly kind: 'succeeded' | 'failed' }
  | { readonly kind: 'running'; readonly changedAt: Instant };

/** Reads whether the command that `after` names has succeeded. Without `after` it has. */
export async function readPredecessor(
  { after }: Ticket,
  { claimed }: LineWork,
  { records }: ActDeps,
): Promise<Predecessor> {
  if (after === undefined) return { kind: 'succeeded' };
  const record = await records.current(commandKeyOf(claimed.line, after));
  if (!record) return { kind: 'failed' };
  const state = commandStateOf(record);
  if (!hasEnded(state)) return { kind: 'running', changedAt: record.readAt };
  return { kind: state.status === 'succeeded' ? 'succeeded' : 'failed' };
}
