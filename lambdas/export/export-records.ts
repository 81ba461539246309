import type { ExportState, ExportTarget } from '../core/export-state.ts';
import { instantOf } from '../core/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExportStore } from '../ports/export-store.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { TableExports } from '../ports/table-exports.ts';
import { reportRepairedRow } from '../records/report-repaired-row.ts';
import type { ExportLevel, ExportMetric } from './contract.ts';
import {
  afterExport,
  findFutureTimes,
  isDue,
  isOf,
  lateAgeMs,
  nextWindow,
  requestFor,
} from './plan-export.ts';

export interface ExportDeps {
  readonly store: ExportStore;
  readonly exports: TableExports;
  readonly target: ExportTarget;
  /** From the end of one export to the end of the next. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<ExportMetric, ExportLevel>;
}

type Running = NonNullable<ExportState['running']>;

/**
 * Takes one step: starts the next export, or looks whether the running one has ended. The window of
 * an export is stored before AWS gets the request, so a worker that crashes in between leaves it to
 * the next run, which sends the same request with the same token.
 * @throws ServiceError `store.unavailable` (later): the next run tries again.
 */
export async function exportRecords(deps: ExportDeps): Promise<void> {
  const { store, target, everyMs, clock, metrics } = deps;
  const now = instantOf(clock.nowMs());
  const { state: stored, problems, revision } = await store.read();
  const edited = [...problems, ...(stored ? findFutureTimes(stored, now) : [])];
  const isUsable = stored !== undefined && edited.length === 0 && isOf(stored, target);
  const state = isUsable ? stored : { ...target, since: now };
  const lateMs = lateAgeMs(state, now, everyMs);
  if (lateMs !== undefined) metrics.level('ExportAge', lateMs / 1_000);
  if (state.running?.arn !== undefined)
    return settle(state, state.running, state.running.arn, revision, deps);
  if (state.running) return start(state, state.running, revision, deps);
  // The row says since when exports are due. A row that was edited by hand begins anew.
  if (!isUsable && (await store.write(state, revision)) === 'raced') return;
  reportRepairedRow('export records', edited, deps);
  if (isDue(state, now, everyMs)) await plan(state, isUsable ? revision : revision + 1, deps);
}

/** Stores the next window, and starts its export. */
async function plan(state: ExportState, revision: number, deps: ExportDeps): Promise<void> {
  const recovery = await deps.exports.recoveryWindow();
  const window = recovery && nextWindow(state, recovery, deps.everyMs);
  if (!window) return;
  const planned = { ...state, running: window };
  if ((await deps.store.write(planned, revision)) === 'written')
    await start(planned, window, revision + 1, deps);
}

async function start(
  state: ExportState,
  running: Running,
  revision: number,
  deps: ExportDeps,
): Promise<void> {
  const request = requestFor(state, running);
  const started = await deps.exports.start(request);
  if ('refused' in started) return fail(state, running, started.refused, revision, deps);
  await deps.store.write({ ...state, running: { ...running, arn: started.arn } }, revision);
  deps.log.info('export.started', { from: running.from, to: running.to, folder: request.folder });
}

async function settle(
  state: ExportState,
  running: Running,
  arn: string,
  revision: number,
  deps: ExportDeps,
): Promise<void> {
  const result = await deps.exports.status(arn);
  if (result.status === 'running') return;
  if (result.status === 'failed') return fail(state, running, result.reason, revision, deps);
  const now = instantOf(deps.clock.nowMs());
  await deps.store.write(afterExport(state, running, { status: 'completed' }, now), revision);
  deps.log.info('export.finished', { from: running.from, to: running.to });
}

async function fail(
  state: ExportState,
  running: Running,
  reason: string,
  revision: number,
  deps: ExportDeps,
): Promise<void> {
  const now = instantOf(deps.clock.nowMs());
  await deps.store.write(afterExport(state, running, { status: 'failed', reason }, now), revision);
  deps.log.warn('export.failed', { from: running.from, to: running.to, code: reason });
}
