import { epochMsOf, type Instant, instantOf } from '../core/instant.ts';
import { begun, type PassState, type Progress, runIdOf } from '../core/pass.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ClaimedPass } from '../ports/pass-store.ts';
import { aheadMs, type Timing } from './timing.ts';

/** A claimed pass that was begun, now or in an earlier run. */
export type StartedPass = ClaimedPass<PassState & { readonly progress: Progress }>;

/** Nothing of the list was ever seen as a whole: what the table lacks was not missed. */
export function isFirst({ state }: StartedPass): boolean {
  return state.lastFullAt === undefined && !state.progress.full;
}

/** Whether it sees the list from its beginning, and leaves nothing out. */
export function seesAll(pass: StartedPass): boolean {
  return pass.state.progress.full || isFirst(pass);
}

interface Starting {
  readonly clock: Clock;
  readonly log: Log;
  readonly timing: Timing;
}

/**
 * The claimed pass with what of its state can be relied on, and with its progress: where it was left, or at the beginning.
 * What was edited into something impossible is let go, so that the pass sees the whole list: nothing is lost by that.
 */
export function startedPass(claimed: ClaimedPass, deps: Starting): StartedPass {
  const { key, unreadable } = claimed;
  const now = instantOf(deps.clock.nowMs());
  const { state, ahead } = withoutFuture(claimed.state, now);
  const mended = [...unreadable, ...ahead];
  if (mended.length > 0)
    deps.log.warn('pass.restarted', {
      catalog: key.catalog,
      pass: key.name,
      reason: unreadable.length > 0 ? 'unreadable' : 'ahead',
      members: mended,
    });
  const isAsked = isFullAsked(claimed, state, now);
  // A token belongs to the watermark that it was got with.
  const kept = mended.length === 0 && (state.progress?.full || !isAsked) ? state.progress : undefined;
  const progress = kept ?? begun(now, isAsked || isFullDue(state, now, deps.timing));
  return { ...claimed, state: { ...state, progress } };
}

/** The pass from its beginning, under its own name. */
export function restartedPass(pass: StartedPass, reason: 'token-refused', { log }: Starting): StartedPass {
  const { key, state } = pass;
  const { startedAt, full, pages } = state.progress;
  const runId = runIdOf(key, startedAt);
  log.warn('pass.restarted', { runId, catalog: key.catalog, pass: key.name, reason, pages });
  return { ...pass, state: { ...state, progress: begun(startedAt, full) } };
}

/** Stamps that this clock will not reach for a while: a watermark there would hide all that changes until then. */
function withoutFuture(
  state: PassState,
  now: Instant,
): { readonly state: PassState; readonly ahead: readonly string[] } {
  const latestMs = epochMsOf(now) + aheadMs;
  const isAhead = (instant: Instant | undefined) => instant !== undefined && epochMsOf(instant) > latestMs;
  const ahead = {
    watermark: isAhead(state.watermark),
    heldSince: isAhead(state.heldSince),
    lastFullAt: isAhead(state.lastFullAt),
    progress: isAhead(state.progress?.startedAt),
  };
  return {
    state: {
      watermark: ahead.watermark ? undefined : state.watermark,
      heldSince: ahead.heldSince ? undefined : state.heldSince,
      lastFullAt: ahead.lastFullAt ? undefined : state.lastFullAt,
      progress: ahead.progress ? undefined : state.progress,
    },
    ahead: Object.entries(ahead).flatMap(([name, is]) => (is ? [name] : [])),
  };
}

function isFullAsked({ fullAskedAt }: ClaimedPass, { lastFullAt }: PassState, now: Instant): boolean {
  if (fullAskedAt === undefined || epochMsOf(fullAskedAt) > epochMsOf(now) + aheadMs) return false;
  return lastFullAt === undefined || fullAskedAt > lastFullAt;
}

/** The first pass of all sees everything anyway. */
function isFullDue({ lastFullAt }: PassState, now: Instant, { fullPassMs }: Timing): boolean {
  if (fullPassMs === undefined || lastFullAt === undefined) return false;
  return epochMsOf(now) - epochMsOf(lastFullAt) >= fullPassMs;
}
