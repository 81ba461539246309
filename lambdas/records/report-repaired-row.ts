import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';

/**
 * Counts and logs a row that was edited by hand and that this worker replaced by a valid one.
 * @param problems name attributes, never values; the row is valid if there are none
 */
export function reportRepairedRow(
  item: string,
  problems: readonly string[],
  { log, metrics }: ReportDeps,
): void {
  if (problems.length === 0) return;
  metrics.count('RowsUnreadable');
  log.warn('row.repaired', { item, problems });
}

interface ReportDeps {
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Pick<Metrics<'RowsUnreadable'>, 'count'>;
}
