import type { Command } from 'commander';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import type { Io } from '../../io.ts';
import { commandSwitchOf } from '../../sent-commands/command-doors.ts';

/** `pcr commands pause` */
export function addPauseCommand(group: Command, io: Io): void {
  group
    .command('pause')
    .description('Makes all commands wait. They are accepted; a call whose end is unknown is still settled.')
    .addHelpText('after', '\nRepeating it is harmless.\n\nExample:\n  pcr commands pause')
    .action(async () => {
      await commandSwitchOf(await io.relay()).pause(instantOf(io.clock.nowMs()));
      io.print('Commands wait until `pcr commands resume`.');
    });
}

/** `pcr commands resume` */
export function addResumeCommand(group: Command, io: Io): void {
  group
    .command('resume')
    .description('Lets commands go on, after a pause or after the tables were restored.')
    .addHelpText(
      'after',
      `
After a restore, first let \`pcr backfill\` bring the records up to date.

Example:
  pcr commands resume`,
    )
    .action(async () => {
      await commandSwitchOf(await io.relay()).resume(instantOf(io.clock.nowMs()));
      io.print('Commands go on within a minute.');
    });
}
