import type { Command } from 'commander';
import type { Io } from '../io.ts';
import type { RecordGroup } from '../records/record-groups.ts';
import { addCheckCommand } from './records/check.ts';
import { addDiffCommand } from './records/diff.ts';
import { addHistoryCommand } from './records/history.ts';
import { addListCommand } from './records/list.ts';
import { addShowCommand } from './records/show.ts';

/** `pcr opportunities|invitations|engagements list|show|history|diff`, `pcr opportunities check` */
export function addRecordsCommands(group: RecordGroup): (command: Command, io: Io) => void {
  return (command, io) => {
    addListCommand(command, group, io);
    addShowCommand(command, group, io);
    addHistoryCommand(command, group, io);
    addDiffCommand(command, group, io);
    if (group.kind === 'opportunity') addCheckCommand(command, group, io);
  };
}
