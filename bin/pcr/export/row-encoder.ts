import type { ExportRow } from './columns.ts';

export const exportFormats = ['parquet', 'csv', 'ndjson'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Turns the rows of one file into bytes, a group of rows at a time. */
export interface RowEncoder {
  /** The bytes are valid until the next call. */
  readonly encode: (rows: readonly ExportRow[]) => Uint8Array;
  /** The end of the file. */
  readonly end: () => Uint8Array;
}
