import type { Command } from 'commander';
import { maxClockSkewMs } from '../../../lambdas/core/clock-skew.ts';
import { addMs, instantOf } from '../../../lambdas/core/instant.ts';
import { deployedSettings } from '../deployed-settings.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { counted, printRows } from '../output.ts';
import type { Relay } from '../relay.ts';
import { passPath } from '../stores/pass-rows.ts';
import { type Column, printable } from '../table.ts';
import { countReads, type ReadOutcome } from './count-reads.ts';
import { followPasses, type PassOutcome, requestPasses } from './follow-passes.ts';
import { followReads, readsWaiting } from './follow-reads.ts';

export interface PassOptions extends JsonOption {
  readonly catalog?: string;
  readonly wait: boolean;
}

export function addPassOptions(command: Command): Command {
  return command
    .option('--catalog <name>', 'only this catalog of the stack')
    .option('--no-wait', 'start it, and do not wait for its end')
    .addOption(jsonOption());
}

/** @param full reads every record again, not only those that differ */
export async function runPasses(full: boolean, options: PassOptions, io: Io): Promise<void> {
  const { catalog, wait, json } = options;
  const relay = await io.relay();
  const catalogs = await catalogsOf(catalog, relay);
  const request = { full, catalog };
  if (!wait) {
    await requestPasses(request, 'Event', io.interrupted(), relay);
    return io.note('Started. `pcr quota` shows the progress of the reads.');
  }
  // Lines have the time of another clock.
  const since = addMs(instantOf(io.clock.nowMs()), -maxClockSkewMs);
  const depth = () => readsWaiting(relay);
  const before = await depth();
  const outcomes = await followPasses(request, catalogs, relay, io);
  const waiting = io.interrupted().aborted ? undefined : await followReads(depth, before, io);
  printRows(await countReads(outcomes, since, relay), { columns, nothing: '' }, { json }, io);
  if (outcomes.some(({ outcome }) => outcome === 'under way') || (waiting ?? 1) > 0)
    io.note('The rest continues without this command.');
  assertNoneFailed(outcomes, io);
}

async function catalogsOf(catalog: string | undefined, relay: Relay): Promise<readonly string[]> {
  const { catalogs } = await deployedSettings(relay);
  if (catalog === undefined) return catalogs;
  if (catalogs.includes(catalog)) return [catalog];
  throw new UsageError(`--catalog ${catalog}: allowed: ${catalogs.join(', ')}, the catalogs of this stack`);
}

const columns: readonly Column<ReadOutcome>[] = [
  { head: 'LIST', value: passPath },
  { head: 'OUTCOME', value: ({ outcome }) => outcome, isState: true },
  { head: 'COMPARED', value: ({ compared }) => compared },
  { head: 'MISSING', value: ({ missing }) => missing },
  { head: 'CHANGED', value: ({ changed }) => changed },
  {
    head: 'READ',
    value: ({ read, toRead }) => (toRead === undefined ? undefined : `${read ?? '?'} of ${toRead}`),
  },
  { head: 'REFUSED', value: ({ refused }) => refused },
];

/** @throws CommandError if Partner Central refused a pass */
function assertNoneFailed(outcomes: readonly PassOutcome[], { note }: Pick<Io, 'note'>): void {
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
  for (const { catalog, name, failure = 'unknown' } of failed)
    note(`${catalog}/${name} failed: ${printable(failure)}`);
  if (failed.length > 0)
    throw new CommandError(
      `${counted(failed.length, 'pass', 'passes')} failed: look for pass.failed in the log of reconcile. The next scheduled run tries again.`,
    );
}
