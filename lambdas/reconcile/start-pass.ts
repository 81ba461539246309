import { epochMsOf, type Instant, instantOf } from '../core/instant.ts';
import { beginProgress, type PassState, type Progress, runIdOf } from '../core/pass.ts';
import type { ClaimedPass } from '../ports/pass-store.ts';
import type { ReconcileDeps } from './deps.ts';
import { maxAheadMs, type Timing } from './timing.ts';

/** A claimed pass with its progress, from this run or from earlier ones. */
export type StartedPass = ClaimedPass<PassState & { readonly progress: Progress }>;

/**
 * Whether no pass over this list was ever complete. What the table lacks was then not missed by
 * events.
 */
export function isFirstPass({ state }: StartedPass): boolean {
  return state.lastFullAt === undefined && !state.progress.full;
}

/** Whether the pass reads the list from its beginning, not from the watermark. */
export function coversWholeList(pass: StartedPass): boolean {
  return pass.state.progress.full || isFirstPass(pass);
}

/**
 * Continues the claimed pass where it stopped, or starts it from the beginning. Invalid parts of
 * its state are removed. The pass then covers the whole list, so nothing is missed.
 */
export function startPass(
  claimed: ClaimedPass,
  { clock, log, metrics, timing }: Pick<ReconcileDeps, 'clock' | 'log' | 'metrics' | 'timing'>,
): StartedPass {
  const { key, unreadable } = claimed;
  const now = instantOf(clock.nowMs());
  const { state, ahead } = withoutFuture(claimed.state, now);
  const removed = [...unreadable, ...ahead];
  if (removed.length > 0) {
    metrics.count('RowsUnreadable');
    log.warn('pass.restarted', {
      catalog: key.catalog,
      pass: key.name,
      reason: unreadable.length > 0 ? 'unreadable' : 'ahead',
      members: removed,
    });
  }
  const isRequested = isFullRequested(claimed, state, now);
  // A page token is valid only with the watermark that it was issued for.
  const mayContinue = removed.length === 0 && (state.progress?.full || !isRequested);
  const progress =
    (mayContinue ? state.progress : undefined) ??
    beginProgress(now, isRequested || isFullDue(state, now, timing));
  return { ...claimed, state: { ...state, progress } };
}

/** Restarts the pass from the beginning. It keeps its start time and so its run id. */
export function restartPass(
  pass: StartedPass,
  reason: 'token-refused',
  { log }: Pick<ReconcileDeps, 'log'>,
): StartedPass {
  const { key, state } = pass;
  const { startedAt, full, pages } = state.progress;
  const runId = runIdOf(key, startedAt);
  log.warn('pass.restarted', { runId, catalog: key.catalog, pass: key.name, reason, pages });
  return { ...pass, state: { ...state, progress: beginProgress(startedAt, full) } };
}

/** Removes timestamps in the far future: such a watermark would hide every change until then. */
function withoutFuture(
  state: PassState,
  now: Instant,
): { readonly state: PassState; readonly ahead: readonly string[] } {
  const latestMs = epochMsOf(now) + maxAheadMs;
  const isAhead = (instant: Instant | undefined) => instant !== undefined && epochMsOf(instant) > latestMs;
  const ahead = {
    watermark: isAhead(state.watermark),
    lastFullAt: isAhead(state.lastFullAt),
    finishedAt: isAhead(state.finishedAt),
    progress: isAhead(state.progress?.startedAt),
  };
  return {
    state: {
      watermark: ahead.watermark ? undefined : state.watermark,
      lastFullAt: ahead.lastFullAt ? undefined : state.lastFullAt,
      finishedAt: ahead.finishedAt ? undefined : state.finishedAt,
      progress: ahead.progress ? undefined : state.progress,
    },
    ahead: Object.entries(ahead).flatMap(([name, is]) => (is ? [name] : [])),
  };
}

/** Whether a full pass was requested since the last one. */
function isFullRequested({ fullRequestedAt }: ClaimedPass, { lastFullAt }: PassState, now: Instant): boolean {
  if (fullRequestedAt === undefined || epochMsOf(fullRequestedAt) > epochMsOf(now) + maxAheadMs) return false;
  return lastFullAt === undefined || fullRequestedAt > lastFullAt;
}

/** Whether the schedule requires a full pass. The first pass covers the whole list anyway. */
function isFullDue({ lastFullAt }: PassState, now: Instant, { fullPassMs }: Timing): boolean {
  if (fullPassMs === undefined || lastFullAt === undefined) return false;
  return epochMsOf(now) - epochMsOf(lastFullAt) >= fullPassMs;
}
