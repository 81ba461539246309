import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { addListCommand } from './deliveries/list.ts';
import { addRetryCommand } from './deliveries/retry.ts';
import { addShowCommand } from './deliveries/show.ts';

/** `pcr deliveries list|show|retry` */
export function addDeliveriesCommands(program: Command, io: Io): void {
  const group = program
    .command('deliveries')
    .description('What was sent where and with which outcome. Deliveries are kept for 30 days.');
  addListCommand(group, io);
  addShowCommand(group, io);
  addRetryCommand(group, io);
}
