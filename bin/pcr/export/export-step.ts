import type { ItemKey } from '../../../lambdas/core/tables.ts';
import type { ExportRow } from './columns.ts';

/** One step of the read of a table. */
export interface ExportStep {
  readonly rows: readonly ExportRow[];
  /** The key after which the read goes on. Undefined at the end of the table. */
  readonly position: ItemKey | undefined;
  /** Items of the table that this step has passed. */
  readonly itemsRead: number;
  /** Items that were edited by hand and are left out, with what is wrong. Without values. */
  readonly unreadable: readonly string[];
}

/** Reads from the start, or after a position. */
export type ExportSource = (position: ItemKey | undefined) => AsyncIterable<ExportStep>;
