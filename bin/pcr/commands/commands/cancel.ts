import type { Command } from 'commander';
import { cancelCommand } from '../../../../lambdas/commands/mark-command.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { CommandError } from '../../errors.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printDone } from '../../output.ts';
import { commandDeps } from '../../sent-commands/command-deps.ts';
import { commandArgument, findSentCommand } from '../../sent-commands/find-command.ts';

/** `pcr commands cancel` */
export function addCancelCommand(group: Command, io: Io): void {
  group
    .command('cancel')
    .description('Ends a command that has not begun. A call that was made ends as AWS has answered it.')
    .argument('<command>', commandArgument)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nRepeating it is harmless.\n${examples('pcr commands cancel cmd_0123456789abcdef0123456789abcdef')}`,
    )
    .action((given: string, options: JsonOption) => cancel(given, options, io));
}

async function cancel(given: string, options: JsonOption, io: Io): Promise<void> {
  const relay = await io.relay();
  const doors = await commandDeps(relay);
  const command = await findSentCommand(given, relay);
  const outcome = await cancelCommand(command, instantOf(io.clock.nowMs()), doors);
  if (outcome === 'ended')
    throw new CommandError(`${command.id} has ended; see \`pcr commands show ${command.id}\`.`);
  const done = `${command.id} is cancelled, unless its call was made. \`pcr commands show ${command.id}\` says so.`;
  printDone({ id: command.id, cancelled: true }, done, options, io);
}
