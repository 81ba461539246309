import type { ExportState } from '../core/export-state.ts';

export interface StoredExport {
  /** Undefined if there is none, or if it was edited by hand and is invalid. */
  readonly state: ExportState | undefined;
  /** What is invalid. Names attributes, never values. */
  readonly problems: readonly string[];
  /** Number of the write that produced it; 0 if there is none. */
  readonly revision: number;
}

/**
 * The row that says how far the Records table has been exported.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface ExportStore {
  /** A consistent read. */
  read(): Promise<StoredExport>;
  /**
   * Writes the next revision, if `revision` is still the current one. `raced`: another worker wrote
   * in between.
   */
  write(state: ExportState, revision: number): Promise<'written' | 'raced'>;
}
