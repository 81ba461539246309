import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { addListCommand } from './rows/list.ts';
import { addRetryCommand } from './rows/retry.ts';

/** `pcr rows list|retry` */
export function addRowsCommands(group: Command, io: Io): void {
  addListCommand(group, io);
  addRetryCommand(group, io);
}
