import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { addAddCommand } from './clients/add.ts';
import { addDisableCommand, addEnableCommand } from './clients/enable-disable.ts';
import { addListCommand } from './clients/list.ts';
import { addRemoveCommand } from './clients/remove.ts';
import { addRotateSecretCommand } from './clients/rotate-secret.ts';
import { addShowCommand } from './clients/show.ts';
import { addUpdateCommand } from './clients/update.ts';

/** `pcr clients …` */
export function addClientsCommands(group: Command, io: Io): void {
  addAddCommand(group, io);
  addListCommand(group, io);
  addShowCommand(group, io);
  addUpdateCommand(group, io);
  addRemoveCommand(group, io);
  addEnableCommand(group, io);
  addDisableCommand(group, io);
  addRotateSecretCommand(group, io);
}
