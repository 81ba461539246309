import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { commandGroups } from './command-groups.ts';
import type { Io } from './io.ts';

/**
 * Creates the commands of the first level. The rest of one is loaded when it is named. Errors are
 * thrown and never end the process: `run` turns them into an exit code.
 */
export function createProgram(io: Io): Command {
  const program = new Command('pcr')
    .description(
      'Operates a deployed Partner Central Relay: its endpoints, deliveries, records and parked work.',
    )
    .addOption(
      new Option('--stack <name>', 'name of the stack, needed if there are several').env('PCR_STACK'),
    )
    .option('--profile <name>', 'profile of the AWS credentials, as in AWS_PROFILE')
    .version(packageJson.version, '--version')
    .addHelpText('after', `\n${about}`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.print(withoutLineEnd(text)),
      writeErr: (text) => io.note(withoutLineEnd(text)),
      outputError: (text, write) => write(text.replace(/^error:/, (word) => io.err.style('bad', word))),
      getOutHelpWidth: () => io.out.columns ?? 80,
      getErrHelpWidth: () => io.err.columns ?? 80,
      // The screen has decided already.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .configureHelp({ styleTitle: (text) => io.out.style('heading', text) })
    .showHelpAfterError('Add --help to see what is allowed.')
    .hook('preSubcommand', (_, command) => loadGroup(command, io));
  for (const { name, description } of commandGroups) program.command(name).description(description);
  return program;
}

/** Creates the program with everything below the commands of the first level. */
export async function createWholeProgram(io: Io): Promise<Command> {
  const program = createProgram(io);
  for (const command of program.commands) await loadGroup(command, io);
  return program;
}

/** Adds options, arguments and commands to a command of the first level. */
export async function loadGroup(command: Command, io: Io): Promise<void> {
  const group = commandGroups.find(({ name }) => name === command.name());
  (await group?.load())?.(command, io);
}

const about = `It uses the AWS credentials of your environment and finds the stack in us-east-1
by its outputs.
Exit codes: 0 done; 1 failed, or found a problem; 2 the command line is wrong,
and nothing was changed.

Examples:
  pcr doctor
  pcr endpoints add --url https://partner.example.com/hooks --topic 'opportunity.*'
  pcr deliveries list --endpoint ep_crm --status exhausted --since 2d
  eval "$(pcr complete bash)"`;

function withoutLineEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
