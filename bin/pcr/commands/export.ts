import type { Command } from 'commander';
import { exportNames } from '../export/export-kinds.ts';
import type { Io } from '../io.ts';
import { addResumeCommand } from './export/resume.ts';
import { addStartCommand } from './export/start.ts';

/** `pcr export deals|changes|stages|deliveries|resume` */
export function addExportCommands(group: Command, io: Io): void {
  for (const name of exportNames) addStartCommand(group, name, io);
  addResumeCommand(group, io);
}
