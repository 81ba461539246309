import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { recordGroups } from '../records/record-groups.ts';
import { addCheckCommand } from './records/check.ts';
import { addDiffCommand } from './records/diff.ts';
import { addHistoryCommand } from './records/history.ts';
import { addListCommand } from './records/list.ts';
import { addShowCommand } from './records/show.ts';

/** `pcr opportunities|invitations|engagements list|show|history|diff`, `pcr opportunities check` */
export function addRecordsCommands(program: Command, io: Io): void {
  for (const group of recordGroups) {
    const command = program
      .command(group.name)
      .description(`The stored ${group.name}: lists, single ones, their versions and their changes.`);
    addListCommand(command, group, io);
    addShowCommand(command, group, io);
    addHistoryCommand(command, group, io);
    addDiffCommand(command, group, io);
    if (group.kind === 'opportunity') addCheckCommand(command, group, io);
  }
}
