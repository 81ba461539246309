import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { addAddCommand } from './endpoints/add.ts';
import { addApplyCommand } from './endpoints/apply.ts';
import { addDisableCommand } from './endpoints/disable.ts';
import { addEnableCommand } from './endpoints/enable.ts';
import { addListCommand } from './endpoints/list.ts';
import { addRemoveCommand } from './endpoints/remove.ts';
import { addRotateSecretCommand } from './endpoints/rotate-secret.ts';
import { addShowCommand } from './endpoints/show.ts';
import { addTestCommand } from './endpoints/test.ts';
import { addUpdateCommand } from './endpoints/update.ts';

/** `pcr endpoints …` */
export function addEndpointsCommands(group: Command, io: Io): void {
  addAddCommand(group, io);
  addListCommand(group, io);
  addShowCommand(group, io);
  addUpdateCommand(group, io);
  addRemoveCommand(group, io);
  addEnableCommand(group, io);
  addDisableCommand(group, io);
  addTestCommand(group, io);
  addRotateSecretCommand(group, io);
  addApplyCommand(group, io);
}
