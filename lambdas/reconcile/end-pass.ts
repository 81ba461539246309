import { addMs, epochMsOf, instantOf } from '../core/instant.ts';
import { type PassKey, type PassResult, type PassState, type Progress, runIdOf } from '../core/pass.ts';
import { reasonOf, type ServiceError } from '../core/service-error.ts';
import type { LogFields } from '../ports/log.ts';
import type { ReconcileDeps } from './deps.ts';
import type { StartedPass } from './start-pass.ts';

/** Releases the pass at the current page. It is due at once, so the next run continues it. */
export async function pausePass(
  pass: StartedPass,
  stopped: 'time' | 'queue',
  { passes, clock, log }: ReconcileDeps,
): Promise<undefined> {
  await passes.release(pass, pass.state, instantOf(clock.nowMs()));
  log.info('pass.advanced', { ...passLogFields(pass.key, pass.state.progress), stopped });
}

/**
 * After a transient error the pass continues a little later; after a permanent one the next pass
 * starts anew.
 */
export async function failPass(
  pass: StartedPass,
  error: ServiceError,
  { passes, clock, log, metrics, timing }: ReconcileDeps,
): Promise<void> {
  const now = instantOf(clock.nowMs());
  const fields = { ...passLogFields(pass.key, pass.state.progress), ...reasonOf(error) };
  if (error.retry.kind === 'later') {
    await passes.release(pass, pass.state, addMs(now, error.retry.afterMs * timing.timeScale));
    log.info('pass.advanced', { ...fields, stopped: 'failure' });
    return;
  }
  const state = { ...pass.state, progress: undefined, failedAt: now, failure: reasonOf(error) };
  await passes.release(pass, state, addMs(now, timing.intervalMs));
  metrics.count('PassesFailed');
  metrics.count('ReadsRefused');
  log.error('pass.failed', fields);
}

/** @param state kept for the next pass, which starts one interval after the start of this one. */
export async function finishPass(
  pass: StartedPass,
  state: PassState,
  progress: Progress,
  { passes, clock, log, timing }: ReconcileDeps,
): Promise<undefined> {
  const { startedAt } = progress;
  const finishedAt = instantOf(clock.nowMs());
  const ended = { ...state, finishedAt, result: resultOf(progress) };
  const outcome = await passes.release(pass, ended, addMs(startedAt, timing.intervalMs));
  if (outcome === 'superseded') return;
  const durationMs = epochMsOf(finishedAt) - epochMsOf(startedAt);
  log.info('pass.finished', {
    ...passLogFields(pass.key, progress),
    watermark: state.watermark,
    durationMs,
  });
}

function resultOf({ startedAt, full, items, findings, changes, missing, unusable }: Progress): PassResult {
  return { startedAt, full, items, findings, changes, missing, unusable };
}

export function passLogFields(key: PassKey, progress: Progress): LogFields {
  const { startedAt, pages } = progress;
  const { startedAt: _, ...counts } = resultOf(progress);
  return { runId: runIdOf(key, startedAt), catalog: key.catalog, pass: key.name, pages, ...counts };
}
