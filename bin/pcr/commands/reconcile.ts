import type { Command } from 'commander';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { addPassOptions, type PassOptions, runPasses } from '../passes/run-passes.ts';

/** `pcr reconcile` */
export function addReconcileCommand(command: Command, io: Io): void {
  addPassOptions(command)
    .addHelpText('after', examples('pcr reconcile', 'pcr reconcile --catalog AWS --json'))
    .action((options: PassOptions) => runPasses(false, options, io));
}
