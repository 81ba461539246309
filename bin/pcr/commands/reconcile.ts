import type { Command } from 'commander';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { addPassOptions, type PassOptions, runPasses } from '../passes/run-passes.ts';

/** `pcr reconcile` */
export function addReconcileCommand(program: Command, io: Io): void {
  addPassOptions(program.command('reconcile'))
    .description("Compares AWS's lists with the table now, and reads what events missed.")
    .addHelpText('after', examples('pcr reconcile', 'pcr reconcile --catalog AWS --json'))
    .action((options: PassOptions) => runPasses(false, options, io));
}
