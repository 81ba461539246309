import type { Command } from 'commander';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { addPassOptions, type PassOptions, runPasses } from '../passes/run-passes.ts';

/** `pcr backfill` */
export function addBackfillCommand(command: Command, io: Io): void {
  addPassOptions(command)
    .addHelpText('after', examples('pcr backfill', 'pcr backfill --catalog Sandbox --no-wait'))
    .action((options: PassOptions) => runPasses(true, options, io));
}
