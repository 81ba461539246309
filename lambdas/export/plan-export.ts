import { sha256 } from '../core/digest.ts';
import type { ExportState, ExportTarget, ExportWindow } from '../core/export-state.ts';
import { addMs, epochMsOf, type Instant, instantOf } from '../core/instant.ts';
import type { ExportRequest, RecoveryWindow } from '../ports/table-exports.ts';
import { exportFolder, fullExportDays } from './contract.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The longest time that AWS takes into one incremental export. */
const longestMs = dayMs;

/** AWS bills a failed export too. */
const retryMs = hourMs;

/** An export usually ends within the hour. */
const patienceMs = 3 * hourMs;

/** Whether the state is about the same table and the same bucket. */
export function isOf(state: ExportState, { table, bucket }: ExportTarget): boolean {
  return state.table === table && state.bucket === bucket;
}

/** Names the times that are in the future, because the row was edited by hand. */
export function findFutureTimes(state: ExportState, now: Instant): readonly string[] {
  const { since, fullAt, exportedTo, failedAt, running } = state;
  return Object.entries({ since, fullAt, exportedTo, failedAt, running: running?.to })
    .filter(([, time]) => time !== undefined && time > now)
    .map(([name]) => `${name}: in the future`);
}

/**
 * How old the newest change is that may be missing in the bucket.
 * @returns undefined unless that is too old: two exports have not ended in time
 */
export function lateAgeMs(state: ExportState, now: Instant, everyMs: number): number | undefined {
  const ageMs = epochMsOf(now) - epochMsOf(state.exportedTo ?? state.since);
  return ageMs > 2 * everyMs + patienceMs ? ageMs : undefined;
}

/** Whether it is time to look for the next window. */
export function isDue({ exportedTo, failedAt }: ExportState, now: Instant, everyMs: number): boolean {
  if (failedAt !== undefined && now < addMs(failedAt, retryMs)) return false;
  return exportedTo === undefined || now >= addMs(exportedTo, everyMs);
}

/**
 * Chooses the next window. A full one if there is none yet, if the last one is old, or if the table
 * cannot be restored to the end of the last window: its point-in-time recovery was switched off.
 * @returns undefined if there is nothing to export yet
 */
export function nextWindow(
  { fullAt, exportedTo }: ExportState,
  { earliest, latest }: RecoveryWindow,
  everyMs: number,
): ExportWindow | undefined {
  const to = instantOf(Math.floor(epochMsOf(latest) / minuteMs) * minuteMs);
  if (fullAt === undefined || exportedTo === undefined || exportedTo < earliest)
    return to < earliest ? undefined : { to };
  if (to >= addMs(fullAt, fullExportDays * dayMs)) return { to };
  if (to < addMs(exportedTo, everyMs)) return undefined;
  const longest = addMs(exportedTo, longestMs);
  return { from: exportedTo, to: to < longest ? to : longest };
}

/**
 * The request for a window. A full export has a folder of its own, named by its time, and the
 * incremental ones after it are in the same folder.
 */
export function requestFor(state: ExportState, { from, to }: ExportWindow): ExportRequest {
  const named = from === undefined ? to : (state.fullAt ?? to);
  const folder = `${exportFolder}/${named.slice(0, -'.000Z'.length).replaceAll(':', '-')}Z`;
  const identity = [state.table, state.bucket, folder, from ?? 'full', to, state.failures ?? 0];
  return { from, to, folder, token: sha256(identity.join('\n')).slice(0, 32) };
}

type EndOfExport = { readonly status: 'completed' } | { readonly status: 'failed'; readonly reason: string };

/** The state after an export has ended. */
export function afterExport(
  state: ExportState,
  { from, to }: ExportWindow,
  result: EndOfExport,
  now: Instant,
): ExportState {
  const { table, bucket, since, fullAt, exportedTo, failures = 0 } = state;
  if (result.status === 'completed')
    return { table, bucket, since, fullAt: from === undefined ? to : fullAt, exportedTo: to };
  const failure = { failures: failures + 1, failedAt: now, failure: result.reason };
  return { table, bucket, since, fullAt, exportedTo, ...failure };
}
