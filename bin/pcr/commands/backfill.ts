import type { Command } from 'commander';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { addPassOptions, type PassOptions, runPasses } from '../passes/run-passes.ts';

/** `pcr backfill` */
export function addBackfillCommand(program: Command, io: Io): void {
  addPassOptions(program.command('backfill'))
    .description('Reads every record again, as fast as the read quota allows, and shows the progress.')
    .addHelpText('after', examples('pcr backfill', 'pcr backfill --catalog Sandbox --no-wait'))
    .action((options: PassOptions) => runPasses(true, options, io));
}
