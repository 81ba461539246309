import * as v from 'valibot';
import { recordKinds } from '../../../lambdas/core/record.ts';
import { count, storedInstant } from '../../../lambdas/core/value-schema.ts';
import { exportKinds, exportNames } from './export-kinds.ts';
import { exportFormats } from './row-encoder.ts';

/** What `export.json` says about the files beside it: how an export is continued. */
export const exportState = v.object({
  export: v.picklist(exportNames),
  format: v.picklist(exportFormats),
  /** The type of each column by its name. A release with other columns does not continue it. */
  columns: v.record(v.string(), v.string()),
  table: v.string(),
  catalog: v.string(),
  /** Of changes: the kind of the records. */
  kind: v.optional(v.picklist(recordKinds), 'opportunity'),
  since: v.optional(storedInstant),
  hasPersonalData: v.boolean(),
  rowsPerFile: v.pipe(v.number(), v.integer(), v.minValue(1)),
  startedAt: storedInstant,
  /** Absent until the whole table was read. */
  finishedAt: v.optional(storedInstant),
  files: v.array(v.object({ name: v.string(), rows: count })),
  /** Items of the table that were read. */
  itemsRead: count,
  /** Items that were edited by hand and are left out. */
  unreadable: count,
  /** The key after which the read goes on. Absent at the start and at the end. */
  position: v.optional(v.object({ pk: v.string(), sk: v.string() })),
});

export type ExportState = v.InferOutput<typeof exportState>;

export function columnTypesOf(name: ExportState['export']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(exportKinds[name].columns).map(([column, { type }]) => [column, type]),
  );
}

export function rowsIn({ files }: Pick<ExportState, 'files'>): number {
  return files.reduce((sum, { rows }) => sum + rows, 0);
}
