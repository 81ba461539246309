import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { addListCommand } from './rows/list.ts';
import { addRetryCommand } from './rows/retry.ts';

/** `pcr rows list|retry` */
export function addRowsCommands(program: Command, io: Io): void {
  const group = program
    .command('rows')
    .description(
      'Rows of the tables that were edited by hand and are invalid: the functions leave them out.',
    );
  addListCommand(group, io);
  addRetryCommand(group, io);
}
