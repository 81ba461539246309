import { type Command as CompletedCommand, RootCommand } from '@bomb.sh/tab';
import type { Command } from 'commander';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';

/**
 * Prints what the last word can be, for the script of a shell.
 * @param words after `pcr`. The last one is empty if it has not begun
 */
export async function completeWords(words: readonly string[], io: Io): Promise<void> {
  const program = await createProgram(words, io);
  const completion = new RootCommand();
  addOptions(completion, program);
  for (const command of commandsBelow(program)) addCommand(completion, command);
  completion.parse([...words]);
}

interface NamedCommand {
  readonly path: string;
  readonly command: Command;
}

function commandsBelow(parent: Command, path = ''): readonly NamedCommand[] {
  return parent.commands.flatMap((command) => {
    const own = `${path} ${command.name()}`.trim();
    return [{ path: own, command }, ...commandsBelow(command, own)];
  });
}

function addCommand(completion: RootCommand, { path, command }: NamedCommand): void {
  const completing = completion.command(path, command.description());
  addOptions(completing, command);
  for (const argument of command.registeredArguments)
    completing.argument(argument.name(), offer(argument.argChoices), argument.variadic);
}

function addOptions(completing: Pick<CompletedCommand, 'option'>, command: Command): void {
  for (const option of command.createHelp().visibleOptions(command)) {
    const name = option.long?.slice(2) ?? option.name();
    const short = option.short?.slice(1);
    if (option.required || option.optional)
      completing.option(name, option.description, offer(option.argChoices), short);
    else if (short === undefined) completing.option(name, option.description);
    else completing.option(name, option.description, short);
  }
}

function offer(choices: readonly string[] = []) {
  return (complete: (value: string, description: string) => void): void => {
    for (const choice of choices) complete(choice, '');
  };
}
