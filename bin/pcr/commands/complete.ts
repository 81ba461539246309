import { script } from '@bomb.sh/tab';
import { Argument, type Command } from 'commander';
import type { Io } from '../io.ts';

const shells = ['bash', 'zsh', 'fish', 'powershell'];

/** `pcr complete`. The script that it prints calls `pcr complete -- WORDS`, which `run` answers. */
export function addCompleteCommand(command: Command, _io: Io): void {
  command
    .addArgument(new Argument('<shell>', 'the shell that you use').choices(shells))
    .addHelpText('after', help)
    .action((shell: string) => script(shell, 'pcr', 'pcr'));
}

const help = `
Examples:
  eval "$(pcr complete bash)"
  eval "$(pcr complete zsh)"`;
