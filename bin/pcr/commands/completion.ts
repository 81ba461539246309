import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import type { Io } from '../io.ts';

/** `pcr complete`. Must be added last: it completes the commands that exist at this time. */
export function addCompletionCommand(program: Command, _io: Io): void {
  tab(program);
}
