import type { Command } from 'commander';
import { approveCommand } from '../../../../lambdas/commands/mark-command.ts';
import { commandStateOf, lineKeyOf } from '../../../../lambdas/core/command-version.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { linePath } from '../../../../lambdas/core/line.ts';
import { CommandError } from '../../errors.ts';
import { examples } from '../../help.ts';
import { assertConfirmed, type Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printDone } from '../../output.ts';
import { commandDoors } from '../../sent-commands/command-doors.ts';
import { commandArgument, findSentCommand } from '../../sent-commands/find-command.ts';

interface ApproveOptions extends JsonOption {
  readonly yes?: boolean;
}

/** `pcr commands approve` */
export function addApproveCommand(group: Command, io: Io): void {
  group
    .command('approve')
    .description('Lets a command go that waits for an approval, because it cannot be undone.')
    .argument('<command>', commandArgument)
    .option('--yes', 'do not ask')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nRepeating it is harmless.\n${examples(
        'pcr commands list --status waiting',
        'pcr commands approve cmd_0123456789abcdef0123456789abcdef --yes',
      )}`,
    )
    .action((given: string, options: ApproveOptions) => approve(given, options, io));
}

async function approve(given: string, options: ApproveOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const doors = await commandDoors(relay);
  const command = await findSentCommand(given, relay);
  const { action } = commandStateOf(command);
  const question = `${action} of ${linePath(lineKeyOf(command))} cannot be undone. Approve it?`;
  await assertConfirmed(question, { yes: options.yes }, io);
  const outcome = await approveCommand(command, instantOf(io.clock.nowMs()), doors);
  if (outcome !== 'marked')
    throw new CommandError(
      `${command.id} ${outcome === 'ended' ? 'has ended' : 'waits for no approval'}; see \`pcr commands show ${command.id}\`.`,
    );
  printDone({ id: command.id, approved: true }, `${command.id} is approved.`, options, io);
}
