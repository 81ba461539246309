import { commandKeyOf } from '../core/command-state.ts';
import { commandStateOf } from '../core/command-version.ts';
import type { LineKey, Ticket } from '../core/line.ts';
import type { RecordState } from '../core/version.ts';
import type { ActDeps } from './deps.ts';
import { endCommand } from './end-command.ts';
import { isDenial, reportDenied } from './handle-refusal.ts';
import { moveCommand } from './move-command.ts';
import { readCommand } from './read-command.ts';
import { readRecord } from './read-target.ts';
import { type LineWork, retryStep, type Step, wasFruitless } from './work.ts';

/**
 * Works on the first command that waits for a create, in the line of the create. Once the create
 * has succeeded, the command moves to the line of the opportunity. Commands move in their order.
 * @returns undefined if the create has not ended
 */
export async function leaveCreateLine(
  work: LineWork,
  ticket: Ticket,
  deps: ActDeps,
): Promise<Step | undefined> {
  const { line, tickets } = work.claimed;
  if (tickets.some(({ commandId }) => commandId === line.id)) return undefined;
  const create = await deps.records.current(commandKeyOf(line, line.id));
  const opportunityId = create && commandStateOf(create).opportunityId;
  const command = await readCommand(ticket, work, deps);
  if (opportunityId === undefined)
    return endCommand(work, command, { status: 'failed', code: 'predecessor' }, deps);
  const content = await deps.commands.content(line, ticket.number);
  if (!content) return endCommand(work, command, { status: 'failed', code: 'internal' }, deps);
  const target = await readCreated({ ...line, kind: 'opportunity', id: opportunityId }, ticket, deps);
  if (target === 'denied') return reportDenied(work, command, deps);
  if (target) return moveCommand(work, { ...command, content }, target, deps);
  return wasFruitless(work)
    ? endCommand(work, command, { status: 'failed', code: 'not-found' }, deps)
    : retryStep('behind', work, deps);
}

async function readCreated(
  { catalog, kind, id }: LineKey,
  { commandId }: Ticket,
  deps: ActDeps,
): Promise<RecordState | 'denied' | undefined> {
  const key = { catalog, kind, id };
  const stored = await deps.records.current(key);
  if (stored) return stored;
  const read = await readRecord(key, commandId, deps);
  if (read.kind === 'refused' && isDenial(read.refusal)) return 'denied';
  return deps.records.current(key);
}
