import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { addListCommand } from './deliveries/list.ts';
import { addRetryCommand } from './deliveries/retry.ts';
import { addShowCommand } from './deliveries/show.ts';

/** `pcr deliveries list|show|retry` */
export function addDeliveriesCommands(group: Command, io: Io): void {
  addListCommand(group, io);
  addShowCommand(group, io);
  addRetryCommand(group, io);
}
