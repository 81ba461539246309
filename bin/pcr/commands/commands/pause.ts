import type { Command } from 'commander';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printDone } from '../../output.ts';
import { commandSwitchOf } from '../../sent-commands/command-deps.ts';

/** `pcr commands pause` */
export function addPauseCommand(group: Command, io: Io): void {
  group
    .command('pause')
    .description('Makes all commands wait. They are accepted; a call whose end is unknown is still settled.')
    .addOption(jsonOption())
    .addHelpText('after', '\nRepeating it is harmless.\n\nExample:\n  pcr commands pause')
    .action(async (options: JsonOption) => {
      await commandSwitchOf(await io.relay()).pause(instantOf(io.clock.nowMs()));
      printDone({ paused: true }, 'Commands wait until `pcr commands resume`.', options, io);
    });
}

/** `pcr commands resume` */
export function addResumeCommand(group: Command, io: Io): void {
  group
    .command('resume')
    .description('Lets commands go on, after a pause or after the tables were restored.')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
After a restore, first let \`pcr backfill\` bring the records up to date.

Example:
  pcr commands resume`,
    )
    .action(async (options: JsonOption) => {
      await commandSwitchOf(await io.relay()).resume(instantOf(io.clock.nowMs()));
      printDone({ paused: false }, 'Commands go on within a minute.', options, io);
    });
}
