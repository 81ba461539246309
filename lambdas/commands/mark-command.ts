import { hasEnded } from '../core/command-state.ts';
import { commandStateOf, lineKeyOf } from '../core/command-version.ts';
import type { Instant } from '../core/instant.ts';
import { linePath } from '../core/line.ts';
import type { RecordState } from '../core/version.ts';
import type { CommandStore } from '../ports/command-store.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { type RingLineDeps, ringLine } from '../records/ring-line.ts';

export interface MarkCommandDeps extends RingLineDeps {
  readonly commands: Pick<CommandStore, 'mark'>;
  readonly records: Pick<RecordStore, 'current'>;
}

/** `unneeded`: the command waits for no approval. */
export type Marked = 'marked' | 'ended' | 'unneeded';

/** Lets a command go that cannot be undone. `act` sees the mark when it looks at the line. */
export async function approveCommand(
  command: RecordState,
  now: Instant,
  deps: MarkCommandDeps,
): Promise<Marked> {
  const state = commandStateOf(command);
  if (!hasEnded(state) && state.reason !== 'approval') return 'unneeded';
  return markCommand(command, 'approved', now, deps);
}

/** Ends a command that has not begun. One whose call is open ends as AWS has answered it. */
export async function cancelCommand(
  command: RecordState,
  now: Instant,
  deps: MarkCommandDeps,
): Promise<Marked> {
  return markCommand(command, 'cancelled', now, deps);
}

async function markCommand(
  command: RecordState,
  mark: 'approved' | 'cancelled',
  now: Instant,
  deps: MarkCommandDeps,
): Promise<Marked> {
  const line = lineKeyOf(command);
  const outcome = await deps.commands.mark(line, commandStateOf(command).number, mark, now);
  if (outcome === 'absent') return markMoved(command, mark, now, deps);
  await ringLine(line, deps);
  return 'marked';
}

/** The command has ended, or `act` has moved it to the line of its new opportunity. */
async function markMoved(
  command: RecordState,
  mark: 'approved' | 'cancelled',
  now: Instant,
  deps: MarkCommandDeps,
): Promise<Marked> {
  const current = await deps.records.current(command);
  const isMoved = current !== undefined && linePath(lineKeyOf(current)) !== linePath(lineKeyOf(command));
  return isMoved ? markCommand(current, mark, now, deps) : 'ended';
}
