import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { commandGroups } from './command-groups.ts';
import { problemOfCommander } from './field-problem.ts';
import type { Io } from './io.ts';
import { refuseEmptyValues } from './values.ts';

/**
 * Creates the commands of the first level, and what is below those that the words name. Errors are
 * thrown and never end the process: `run` turns them into an exit code.
 * @param noteError what commander says about an error. @default to standard error
 */
export async function createProgram(
  words: readonly string[],
  io: Io,
  noteError: Io['note'] = io.note,
): Promise<Command> {
  const program = createFirstLevel(io, noteError);
  // Before it is parsed: commander sets defaults at its start.
  for (const { name, load } of commandGroups) {
    const command = program.commands.find((each) => each.name() === name);
    if (!command || !words.includes(name)) continue;
    (await load())(command, io);
    refuseEmptyValues(command);
  }
  return program;
}

/** Creates the program with everything below the commands of the first level. */
export function createWholeProgram(io: Io): Promise<Command> {
  return createProgram(
    commandGroups.map(({ name }) => name),
    io,
  );
}

function createFirstLevel(io: Io, noteError: Io['note']): Command {
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
      writeErr: (text) => noteError(withoutLineEnd(text)),
      outputError: (text, write) => write(errorText(text, io)),
      getOutHelpWidth: () => io.out.columns ?? 80,
      getErrHelpWidth: () => io.err.columns ?? 80,
      // The screen has decided already.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .configureHelp({ styleTitle: (text) => io.out.style('heading', text) })
    .showHelpAfterError('Add --help to see what is allowed.');
  for (const { name, description } of commandGroups) program.command(name).description(description);
  return program;
}

/** Commander suggests commands and options itself. */
function errorText(text: string, { err }: Io): string {
  const { didYouMean } = problemOfCommander({ code: '', message: text.trimEnd() });
  const isSuggested = didYouMean === undefined || text.includes('(Did you mean');
  const suggestion = isSuggested ? '' : `(Did you mean ${didYouMean}?)\n`;
  return `${text.replace(/^error:/, (word) => err.style('bad', word))}${suggestion}`;
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
