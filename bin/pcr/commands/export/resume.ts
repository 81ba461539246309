import type { Command } from 'commander';
import { isSameJson } from '../../../../lambdas/core/json-text.ts';
import { UsageError } from '../../errors.ts';
import { columnTypesOf, type ExportState } from '../../export/export-state.ts';
import { runExport } from '../../export/run-export.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import type { Relay } from '../../relay.ts';
import { readState } from '../../stores/export-folder.ts';
import { whileLocked } from '../../stores/export-lock.ts';

/** `pcr export resume` */
export function addResumeCommand(group: Command, io: Io): void {
  group
    .command('resume')
    .description('Continues an export that was interrupted. Repeating it is harmless.')
    .argument('<folder>', 'the --out of the export')
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr export resume export/deals'))
    .action((folder: string, options: JsonOption) => resumeExport(folder, options, io));
}

async function resumeExport(folder: string, options: JsonOption, io: Io): Promise<void> {
  // A folder without an export gets no lock.
  readState(folder);
  const relay = await io.relay();
  await whileLocked(`<folder> ${folder}`, folder, () => {
    const state = readState(folder);
    assertSameColumns(state, folder);
    assertSameTable(state, folder, relay);
    return runExport(state, folder, options, io);
  });
}

function assertSameColumns(state: ExportState, folder: string): void {
  if (!isSameJson(state.columns, columnTypesOf(state.export)))
    throw new UsageError(
      `<folder> ${folder}: another release of pcr has begun it, with other columns; allowed: an export of this release. Export into a new folder.`,
    );
}

function assertSameTable(
  { table, export: name }: ExportState,
  folder: string,
  { stackName, output }: Relay,
): void {
  if (table === output(name === 'deliveries' ? 'WebhooksTableName' : 'RecordsTableName')) return;
  throw new UsageError(
    `<folder> ${folder}: it is an export of the table ${table}, which is not one of the stack ${stackName}; allowed: an export of this stack. Name the other one with --stack.`,
  );
}
