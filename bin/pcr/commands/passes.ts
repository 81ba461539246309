import type { Command } from 'commander';
import { deployedSettings } from '../deployed-settings.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { counted, printRows } from '../output.ts';
import {
  followPasses,
  followReads,
  type PassOutcome,
  readsWaiting,
  requestPasses,
} from '../passes/follow-passes.ts';
import type { Relay } from '../relay.ts';
import type { Column } from '../table.ts';

interface Passing extends JsonOption {
  readonly catalog?: string;
  readonly wait: boolean;
}

/** `pcr backfill`, `pcr reconcile` */
export function addPassesCommands(program: Command, io: Io): void {
  passing(program.command('backfill'), io, true)
    .description('Has every record read again, as fast as the read quota allows, and shows how far it is.')
    .addHelpText('after', '\nExamples:\n  pcr backfill\n  pcr backfill --catalog Sandbox --no-wait');
  passing(program.command('reconcile'), io, false)
    .description("Compares AWS's lists with the table now, and has what events missed read.")
    .addHelpText('after', '\nExamples:\n  pcr reconcile\n  pcr reconcile --catalog AWS --json');
}

function passing(command: Command, io: Io, full: boolean): Command {
  return command
    .option('--catalog <name>', 'only this one of the catalogs that the stack takes')
    .option('--no-wait', 'ask for it, and leave it to itself')
    .addOption(jsonOption())
    .action(async ({ catalog, wait, json }: Passing) => {
      const relay = await io.relay();
      const catalogs = await catalogsOf(relay, catalog);
      const wanted = { full, catalog };
      if (!wait) {
        await requestPasses(relay, wanted, 'Event', io.interrupted());
        return io.note('Asked for. `pcr quota` shows how the reads go on.');
      }
      const depth = () => readsWaiting(relay);
      const before = await depth();
      const outcomes = await followPasses(relay, wanted, catalogs, io);
      const waiting = io.interrupted().aborted ? undefined : await followReads(depth, before, io);
      printRows(io, { json }, outcomes, { columns, nothing: '' });
      endWith(outcomes, waiting, io);
    });
}

async function catalogsOf(relay: Relay, catalog: string | undefined): Promise<readonly string[]> {
  const { catalogs } = await deployedSettings(relay);
  if (catalog === undefined) return catalogs;
  if (catalogs.includes(catalog)) return [catalog];
  throw new UsageError(`--catalog ${catalog}: this stack takes ${catalogs.join(', ')}`);
}

const columns: readonly Column<PassOutcome>[] = [
  { head: 'CATALOG', value: ({ catalog }) => catalog },
  { head: 'PASS', value: ({ name }) => name },
  { head: 'OUTCOME', value: ({ outcome }) => outcome },
];

/** @throws CommandError where Partner Central refused a pass */
function endWith(outcomes: readonly PassOutcome[], waiting: number | undefined, io: Io): void {
  if (outcomes.some(({ outcome }) => outcome === 'under way') || (waiting ?? 1) > 0)
    io.note('Not waited for to the end: it goes on by itself.');
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0)
    throw new CommandError(
      `${counted(failed.length, 'pass', 'passes')} failed: look for pass.failed in the log of reconcile. It is tried again at its next time.`,
    );
}
