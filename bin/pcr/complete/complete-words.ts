import { type Command as CompletedCommand, RootCommand } from '@bomb.sh/tab';
import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { createProgram } from '../program.ts';
import { offeredValues, type StoredKind, storedKindOf } from './offers.ts';

/** Returns the ids of what the stack stores, or none if it does not answer within a second. */
export type FindStoredIds = (kind: StoredKind) => Promise<readonly string[]>;

/**
 * Prints what the last word can be, for the script of a shell.
 * @param words after `pcr`. The last one is empty if it has not begun
 */
export async function completeWords(
  words: readonly string[],
  findStoredIds: FindStoredIds,
  io: Io,
): Promise<void> {
  const program = await createProgram(words, io);
  const commands = commandsBelow(program);
  const kind = askedKind(words, commands);
  const ids = kind === undefined ? [] : await findStoredIds(kind);
  const completion = new RootCommand();
  addOptions(completion, program, '', ids);
  for (const each of commands) addCommand(completion, each, ids);
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

/** Only then the stack is looked for. */
function askedKind(words: readonly string[], commands: readonly NamedCommand[]): StoredKind | undefined {
  const [before = '', last = ''] = words.slice(-2);
  const [option = '', value] = last.split('=', 2);
  const ofOption = storedKindOf(value === undefined ? before : option);
  if (ofOption) return ofOption;
  if (last.startsWith('-') || before.startsWith('-')) return undefined;
  const path = words.slice(0, 2).join(' ');
  const [argument] = commands.find((each) => each.path === path)?.command.registeredArguments ?? [];
  return argument && storedKindOf(argument.name());
}

type Completing = Pick<CompletedCommand, 'option'>;

function addCommand(completion: RootCommand, { path, command }: NamedCommand, ids: readonly string[]): void {
  const completing = completion.command(path, command.description());
  const [group = ''] = path.split(' ');
  addOptions(completing, command, group, ids);
  for (const argument of command.registeredArguments)
    completing.argument(argument.name(), offer(offeredValues(argument, group) ?? ids), argument.variadic);
}

function addOptions(completing: Completing, command: Command, group: string, ids: readonly string[]): void {
  for (const option of command.createHelp().visibleOptions(command)) {
    const name = option.long?.slice(2) ?? option.name();
    const short = option.short?.slice(1);
    if (option.required || option.optional)
      completing.option(name, option.description, offer(offeredValues(option, group) ?? ids), short);
    else if (short === undefined) completing.option(name, option.description);
    else completing.option(name, option.description, short);
  }
}

function offer(values: readonly string[]) {
  return (complete: (value: string, description: string) => void): void => {
    for (const value of values) complete(value, '');
  };
}
