import { join } from 'node:path';
import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import { nextFileName, writeState } from '../stores/export-folder.ts';
import { createPartFile, type PartFile } from '../stores/part-file.ts';
import type { ExportColumns } from './columns.ts';
import { exportKinds } from './export-kinds.ts';
import type { ExportState } from './export-state.ts';
import type { ExportSource, ExportStep } from './export-step.ts';
import { parquetEncoder } from './parquet-encoder.ts';
import type { ExportFormat, RowEncoder } from './row-encoder.ts';
import { csvEncoder, ndjsonEncoder } from './text-encoders.ts';

export interface WriteExportDeps {
  readonly folder: string;
  readonly clock: Clock;
  /** Ends the export after the current step, so that it can be continued. */
  readonly interrupted: AbortSignal;
  /** Called for each step, for the progress. */
  readonly onStep: (step: ExportStep) => void;
}

/**
 * Writes the rows of a source into files, and after each file the state from which to continue: a
 * crash at any point neither loses nor repeats a row. Rows of one step stay in one file.
 * @returns the last state, without `finishedAt` if it was interrupted
 */
export async function writeExport(
  start: ExportState,
  source: ExportSource,
  { folder, clock, interrupted, onStep }: WriteExportDeps,
): Promise<ExportState> {
  let state = start;
  let seen = start;
  let part: PartFile | undefined;
  const save = (finishedAt?: Instant): void => {
    const isOnlyFile = finishedAt !== undefined && state.files.length === 0;
    // Without any file, tools that read a pattern of names would fail.
    if (isOnlyFile) part ??= openPart(folder, state);
    part?.close();
    const file = part && { name: nextFileName(state), rows: part.rows() };
    state = { ...seen, files: [...state.files, ...(file ? [file] : [])], finishedAt };
    writeState(folder, state);
    part = undefined;
  };
  for await (const step of source(start.position)) {
    seen = stateAfter(seen, step);
    onStep(step);
    if (step.rows.length > 0) part ??= openPart(folder, state);
    part?.add(step.rows);
    if (part && part.rows() >= state.rowsPerFile) save();
    // After the last step there is nothing to continue.
    if (!interrupted.aborted || step.position === undefined) continue;
    save();
    return state;
  }
  save(instantOf(clock.nowMs()));
  return state;
}

function stateAfter(state: ExportState, { position, itemsRead, unreadable }: ExportStep): ExportState {
  return {
    ...state,
    position,
    itemsRead: state.itemsRead + itemsRead,
    unreadable: state.unreadable + unreadable.length,
  };
}

function openPart(folder: string, state: ExportState): PartFile {
  const { columns } = exportKinds[state.export];
  return createPartFile(join(folder, nextFileName(state)), encoders[state.format](columns));
}

const encoders: Readonly<Record<ExportFormat, (columns: ExportColumns) => RowEncoder>> = {
  parquet: parquetEncoder,
  csv: csvEncoder,
  ndjson: ndjsonEncoder,
};
