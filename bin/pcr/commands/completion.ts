import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import type { Io } from '../io.ts';

/** Comes last: it completes the commands that stand by then. */
export function addCompletionCommands(program: Command, _io: Io): void {
  tab(program);
}
