import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { ExportRow } from '../export/columns.ts';
import type { RowEncoder } from '../export/row-encoder.ts';

/**
 * The rows, and the characters of their texts, that wait in memory before they are written. They
 * bound the memory of an export, apart from the rows of the largest record.
 */
const mostRowsWaiting = 5_000;
const mostCharactersWaiting = 4_000_000;

/** One file of an export. It has its name once it is complete. */
export interface PartFile {
  readonly add: (rows: readonly ExportRow[]) => void;
  readonly rows: () => number;
  readonly close: () => void;
}

/** Creates a file that only this user can read. */
export function createPartFile(path: string, encoder: RowEncoder): PartFile {
  const unfinished = `${path}.part`;
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, 'wx', 0o600);
  let waiting: ExportRow[] = [];
  let characters = 0;
  let rows = 0;
  const write = (bytes: Uint8Array): void => {
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
  };
  const flush = (): void => {
    if (waiting.length > 0) write(encoder.encode(waiting));
    waiting = [];
    characters = 0;
  };
  return {
    add(added) {
      for (const row of added) {
        waiting.push(row);
        characters += charactersIn(row);
        rows += 1;
        if (waiting.length >= mostRowsWaiting || characters >= mostCharactersWaiting) flush();
      }
    },
    rows: () => rows,
    close() {
      flush();
      write(encoder.end());
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(unfinished, path);
    },
  };
}

function charactersIn(row: ExportRow): number {
  return Object.values(row).reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? value.length : 0),
    0,
  );
}
