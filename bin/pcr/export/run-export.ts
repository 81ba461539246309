import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import { type JsonOption, printJson } from '../json.ts';
import { counted } from '../output.ts';
import { shellLine } from '../shell-line.ts';
import { removeUnlisted, writeState } from '../stores/export-folder.ts';
import { exportKinds } from './export-kinds.ts';
import { type ExportState, rowsIn } from './export-state.ts';

/** Further problems are only counted. */
const mostProblems = 10;

/** Writes an export from its state on, shows the progress, and prints what it has written. */
export async function runExport(
  start: ExportState,
  folder: string,
  options: JsonOption,
  io: Io,
): Promise<void> {
  // A first state, so that a crash in the first file can be continued too.
  writeState(folder, start);
  removeUnlisted(folder, start);
  const end = start.finishedAt === undefined ? await readTable(start, folder, io) : start;
  if (options.json) printJson({ folder, rows: rowsIn(end), ...end }, io);
  else io.print(`${counted(rowsIn(end), 'row')} in ${counted(end.files.length, 'file')} in ${folder}.`);
  noteLeftOut(end, io);
  if (end.finishedAt === undefined)
    throw new CommandError(`Interrupted. Continue with: ${resumeLine(folder)}`);
}

function resumeLine(folder: string): string {
  return shellLine('pcr', 'export', 'resume', folder);
}

async function readTable(start: ExportState, folder: string, io: Io): Promise<ExportState> {
  const { clients, records } = await io.relay();
  const [{ exportSource }, { countItems }, { writeExport }] = await Promise.all([
    import('../stores/export-sources.ts'),
    import('../stores/table-scan.ts'),
    import('./write-export.ts'),
  ]);
  io.note(`If this is interrupted: ${resumeLine(folder)}`);
  const total = await countItems(clients.dynamodb, start.table);
  const progress = io.progress(`Reading ${start.table}`, Math.max(total, start.itemsRead));
  progress.advance(start.itemsRead);
  let problems = start.unreadable;
  const end = await writeExport(start, exportSource(start, { client: clients.dynamodb, records }), {
    folder,
    clock: io.clock,
    interrupted: io.interrupted(),
    onStep({ itemsRead, unreadable }) {
      progress.advance(itemsRead);
      for (const problem of unreadable) {
        problems += 1;
        if (problems <= mostProblems) io.note(problem);
      }
    },
  });
  // The number of items of a table is an estimate.
  progress.of(end.finishedAt === undefined ? Math.max(total, end.itemsRead) : end.itemsRead);
  progress.end();
  return end;
}

function noteLeftOut({ export: name, hasPersonalData, unreadable }: ExportState, io: Io): void {
  const personal = Object.entries(exportKinds[name].columns)
    .filter(([, column]) => 'personal' in column)
    .map(([column]) => column);
  if (!hasPersonalData && personal.length > 0)
    io.note(`Personal data is left out of: ${personal.join(', ')}. Export it with --personal-data.`);
  if (unreadable > 0)
    io.note(
      `${counted(unreadable, 'item')} left out, because of invalid attributes: see \`pcr rows list --scan\`.`,
    );
}
