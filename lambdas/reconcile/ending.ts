import { addMs, epochMsOf, type Instant, instantOf } from '../core/instant.ts';
import { type PassKey, type PassState, type Progress, runIdOf } from '../core/pass.ts';
import { type Finding, reconciledEventBody } from '../core/reconciled-event.ts';
import { reasonOf, type ServiceError } from '../core/service-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { FindingQueue } from '../ports/finding-queue.ts';
import type { Log, LogFields } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PassStore } from '../ports/pass-store.ts';
import type { ReconcileMetric } from './contract.ts';
import type { StartedPass } from './start.ts';
import type { Timing } from './timing.ts';

/** What every pass needs of the world. */
export interface Passing {
  readonly passes: PassStore;
  /** Where findings go, by the kind of record. */
  readonly feeds: Readonly<Record<Finding['kind'], { readonly queue: FindingQueue }>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<ReconcileMetric>;
  readonly timing: Timing;
}

/** @param findings of one kind. */
export async function sendFindings(
  key: PassKey,
  startedAt: Instant,
  seenAt: Instant,
  findings: readonly Finding[],
  { feeds, metrics }: Passing,
): Promise<void> {
  const [first] = findings;
  if (!first) return;
  const { queue } = feeds[first.kind];
  const runId = runIdOf(key, startedAt);
  await queue.send(findings.map((finding) => reconciledEventBody(runId, seenAt, finding)));
  metrics.count('FindingsSent', findings.length);
}

/** Leaves the pass where it is, due at once: the next run goes on. */
export async function paused(
  pass: StartedPass,
  stopped: 'time' | 'queue',
  { passes, clock, log }: Passing,
): Promise<undefined> {
  await passes.release(pass, pass.state, instantOf(clock.nowMs()));
  log.info('pass.advanced', { ...shown(pass), stopped });
}

/** What may pass leaves the pass where it is, due a little later; anything else ends it. */
export async function failed(
  pass: StartedPass,
  error: ServiceError,
  { passes, clock, log, metrics, timing }: Passing,
): Promise<undefined> {
  const now = instantOf(clock.nowMs());
  const fields = { ...shown(pass), ...reasonOf(error) };
  if (error.retry.kind === 'later') {
    await passes.release(pass, pass.state, addMs(now, error.retry.afterMs * timing.timeScale));
    log.info('pass.advanced', { ...fields, stopped: 'failure' });
  } else {
    const state = { ...pass.state, progress: undefined, failedAt: now };
    await passes.release(pass, state, addMs(now, timing.intervalMs));
    metrics.count('PassesFailed');
    log.error('pass.failed', fields);
  }
}

/** @param state what is kept for the next pass, which begins one interval after the start of this one. */
export async function finished(
  pass: StartedPass,
  state: PassState,
  progress: Progress,
  { passes, clock, log, metrics, timing }: Passing,
): Promise<undefined> {
  const { startedAt } = progress;
  const dueAt = addMs(startedAt, timing.intervalMs);
  if ((await passes.release(pass, state, dueAt)) === 'superseded') return;
  metrics.count('PassesFinished');
  const durationMs = clock.nowMs() - epochMsOf(startedAt);
  log.info('pass.finished', {
    ...shown({ ...pass, state: { progress } }),
    watermark: state.watermark,
    durationMs,
  });
}

/** A pass as a line tells of it. */
export function shown({ key, state }: Pick<StartedPass, 'key' | 'state'>): LogFields {
  const { startedAt, full, pages, items, findings, changes, unusable } = state.progress;
  const runId = runIdOf(key, startedAt);
  return { runId, catalog: key.catalog, pass: key.name, full, pages, items, findings, changes, unusable };
}
