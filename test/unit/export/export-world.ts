import { exportRecords } from '../../../lambdas/export/export-records.ts';
import type { ExportStore } from '../../../lambdas/ports/export-store.ts';
import { ExportModel } from '../../../local/host/exports/export-model.ts';
import type { CrashingProcess } from '../../fakes/crashing.ts';
import { inMemoryExportStore } from '../../fakes/in-memory-export-store.ts';
import { inMemoryTableExports } from '../../fakes/in-memory-table-exports.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export const target = { table: 'arn:aws:dynamodb:us-east-1:111122223333:table/records', bucket: 'exports' };

export type ExportWorld = ReturnType<typeof exportWorld>;

/** The function `export` above its ports, which runs every minute, on a table that is new. */
export function exportWorld({
  everyMs = hourMs,
  store = inMemoryExportStore(),
}: {
  readonly everyMs?: number;
  readonly store?: ExportStore;
} = {}) {
  const clock = manualClock('2026-03-01T10:00:00.000Z');
  const model = new ExportModel(() => clock.nowMs());
  const log = recordedLog();
  const metrics = recordedMetrics<'RowsUnreadable', 'ExportAge'>();
  const run = (process?: CrashingProcess, to = target) => {
    const exports = inMemoryTableExports(model, to);
    const ports = process
      ? { store: process.wrap(store), exports: process.wrap(exports) }
      : { store, exports };
    return exportRecords({ ...ports, target: to, everyMs, clock, log, metrics });
  };
  /** Runs the function every five minutes. */
  const runFor = async (ms: number, to = target): Promise<void> => {
    for (let passedMs = 0; passedMs < ms; passedMs += 5 * minuteMs) {
      await run(undefined, to);
      clock.advance(5 * minuteMs);
    }
  };
  return { clock, model, store, log, metrics, run, runFor };
}

const time = (ms: number): string => new Date(ms).toISOString().slice(5, 16);

/** The windows of exports that completed: `full`, or the beginning, and the end. */
export function windowsOf({ model }: Pick<ExportWorld, 'model'>): readonly string[] {
  return model.exports
    .filter((each) => model.status(each) === 'COMPLETED')
    .map(({ fromMs, toMs }) => `${fromMs === undefined ? 'full' : time(fromMs)} ${time(toMs)}`);
}
