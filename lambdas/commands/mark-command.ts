import { hasEnded } from '../core/command-state.ts';
import { commandStateOf, lineKeyOf } from '../core/command-version.ts';
import type { Instant } from '../core/instant.ts';
import type { RecordState } from '../core/version.ts';
import type { CommandStore } from '../ports/command-store.ts';
import { type RingLineDeps, ringLine } from '../records/ring-line.ts';

export interface MarkCommandDeps extends RingLineDeps {
  readonly commands: Pick<CommandStore, 'mark'>;
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
  if (outcome === 'absent') return 'ended';
  await ringLine(line, deps);
  return 'marked';
}
