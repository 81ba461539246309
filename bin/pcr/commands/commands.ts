import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { addApproveCommand } from './commands/approve.ts';
import { addCancelCommand } from './commands/cancel.ts';
import { addCheckCommand } from './commands/check.ts';
import { addListCommand } from './commands/list.ts';
import { addPauseCommand, addResumeCommand } from './commands/pause.ts';
import { addSendCommand } from './commands/send.ts';
import { addShowCommand } from './commands/show.ts';

/** `pcr commands send|check|list|show|cancel|approve|pause|resume` */
export function addCommandsCommands(group: Command, io: Io): void {
  addSendCommand(group, io);
  addCheckCommand(group, io);
  addListCommand(group, io);
  addShowCommand(group, io);
  addCancelCommand(group, io);
  addApproveCommand(group, io);
  addPauseCommand(group, io);
  addResumeCommand(group, io);
}
