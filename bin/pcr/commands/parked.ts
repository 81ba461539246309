import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { addDropCommand } from './parked/drop.ts';
import { addListCommand } from './parked/list.ts';
import { addRedriveCommand } from './parked/redrive.ts';
import { addShowCommand } from './parked/show.ts';

/** `pcr parked list|show|redrive|drop` */
export function addParkedCommands(group: Command, io: Io): void {
  addListCommand(group, io);
  addShowCommand(group, io);
  addRedriveCommand(group, io);
  addDropCommand(group, io);
}
