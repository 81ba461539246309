import { addMs, epochMsOf, instantOf } from '../core/instant.ts';
import { advanceWatermark, type ListName, type Progress } from '../core/pass.ts';
import { isFailure, ServiceError } from '../core/service-error.ts';
import { reportRepairedRow } from '../records/report-repaired-row.ts';
import type { ReconcileDeps } from './deps.ts';
import { failPass, finishPass, passLogFields, pausePass } from './end-pass.ts';
import { lists } from './lists.ts';
import { reconcilePage } from './reconcile-page.ts';
import { coversWholeList, restartPass, type StartedPass } from './start-pass.ts';

/**
 * Continues a pass over one list, page by page, until it is complete, the time is up, or it fails.
 * After a transient failure the pass is due again soon and continues at the same page. After a
 * permanent failure the pass is due at the next interval and starts from the beginning.
 * @param deadlineMs epoch milliseconds; no page is read after this time
 */
export async function runListPass(
  started: StartedPass,
  name: ListName,
  deadlineMs: number,
  deps: ReconcileDeps,
): Promise<void> {
  let hasRestarted = false;
  let pass: StartedPass | undefined = started;
  while (pass) {
    const current: StartedPass = pass;
    try {
      pass = await takeNextPage(current, name, deadlineMs, deps);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      // An expired page token is refused. A second refusal has another cause.
      if (hasRestarted || !isTokenRefused(error, current)) return failPass(current, error, deps);
      pass = restartPass(current, 'token-refused', deps);
      hasRestarted = true;
    }
  }
}

function isTokenRefused(error: ServiceError, { state }: StartedPass): boolean {
  return isFailure(error, 'partner-central.invalid') && state.progress.nextToken !== undefined;
}

/**
 * Findings wait while the queue is longer than this, so that they do not delay the events of AWS.
 */
const maxQueueDepth = 200;

/** @returns the pass after this page; undefined if the pass has ended or is paused. */
async function takeNextPage(
  pass: StartedPass,
  name: ListName,
  deadlineMs: number,
  deps: ReconcileDeps,
): Promise<StartedPass | undefined> {
  const { passes, feeds, clock, log, timing } = deps;
  const { queue } = feeds[lists[name].kind];
  if (clock.nowMs() >= deadlineMs) return pausePass(pass, 'time', deps);
  if ((await queue.depth()) > maxQueueDepth) return pausePass(pass, 'queue', deps);
  const progress = await reconcilePage(pass, lists[name], deps);
  if (progress.nextToken === undefined) return completePass(pass, name, progress, deps);
  const leaseEndsAt = addMs(instantOf(clock.nowMs()), timing.leaseMs);
  const saved = await passes.save(pass, { ...pass.state, progress }, leaseEndsAt);
  if (!saved) log.warn('pass.advanced', { ...passLogFields(pass.key, progress), stopped: 'superseded' });
  return saved;
}

/**
 * Finishes the pass after its last page. Only the list of opportunities can be read from a
 * watermark.
 */
async function completePass(
  pass: StartedPass,
  name: ListName,
  progress: Progress,
  deps: ReconcileDeps,
): Promise<undefined> {
  const { clock, metrics, sightings, timing } = deps;
  const lastFullAt = coversWholeList(pass) ? progress.startedAt : pass.state.lastFullAt;
  if (name !== 'opportunities') return finishPass(pass, { lastFullAt }, progress, deps);
  const now = instantOf(clock.nowMs());
  const { at: lastEventAt, repaired } = await sightings.lastEventAt(now);
  reportRepairedRow('sightings event', repaired, deps);
  const silentMs = epochMsOf(now) - epochMsOf(lastEventAt);
  metrics.count('Silence', progress.changes > 0 && silentMs >= timing.silenceMs ? 1 : 0);
  const watermark = advanceWatermark(pass.state.watermark, progress);
  return finishPass(pass, { watermark, lastFullAt }, progress, deps);
}
