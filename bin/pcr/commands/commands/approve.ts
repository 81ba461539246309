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
import { commandDeps } from '../../sent-commands/command-deps.ts';
import { commandArgument, findSentCommand } from '../../sent-commands/find-command.ts';

interface ApproveOptions extends JsonOption {
  readonly yes?: boolean;
}

/** `pcr commands approve` */
export function addApproveCommand(group: Command, io: Io): void {
  group
    .command('approve')
    .description(
      'Lets a command go that waits for an approval: it cannot be undone, or its client always needs one.',
    )
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
  const doors = await commandDeps(relay);
  const command = await findSentCommand(given, relay);
  const { action, client, paths } = commandStateOf(command);
  const what = `${action} of ${linePath(lineKeyOf(command))}, ${paths.join(' ')}`;
  if (!options.yes) io.note(`${client} asks for ${what}.`);
  await assertConfirmed('It may be impossible to undo. Approve it?', { yes: options.yes }, io);
  const outcome = await approveCommand(command, instantOf(io.clock.nowMs()), doors);
  if (outcome !== 'marked')
    throw new CommandError(
      `${command.id} ${outcome === 'ended' ? 'has ended' : 'waits for no approval'}; see \`pcr commands show ${command.id}\`.`,
    );
  const done = `${command.id} of ${client} is approved.`;
  printDone({ id: command.id, client, approved: true }, done, options, io);
}
