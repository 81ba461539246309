import type { SlotRelease } from '../core/endpoint-gate.ts';
import type { EndpointId } from '../core/ids.ts';
import { instantOf } from '../core/instant.ts';
import type { DeliverDeps } from './deps.ts';

type ReportDeps = Pick<DeliverDeps, 'endpoints' | 'clock' | 'log' | 'metrics'>;

/** Reports what a release changed, and disables an endpoint that failed for too long. */
export async function reportBreaker(
  endpointId: EndpointId,
  { gate, newPause, openedForMs, failingTooLongSince }: SlotRelease,
  deps: ReportDeps,
): Promise<void> {
  const { failuresInARow } = gate.breaker;
  if (newPause) {
    const { cause, until, since, reason } = newPause;
    deps.log.warn('endpoint.paused', { endpointId, cause, until, since, reason });
  }
  if (openedForMs !== undefined) {
    deps.metrics.count('BreakersOpened');
    deps.log.warn('breaker.opened', { endpointId, failuresInARow, openedForMs });
  }
  if (failingTooLongSince === undefined) return;
  const reason = `nothing but failures since ${failingTooLongSince}, ${failuresInARow} in a row`;
  await disableEndpoint(endpointId, reason, deps);
}

/** Disables an endpoint. Only the worker whose write succeeds reports it. */
export async function disableEndpoint(
  endpointId: EndpointId,
  reason: string,
  { endpoints, clock, log, metrics }: ReportDeps,
): Promise<void> {
  const outcome = await endpoints.disable(endpointId, reason, instantOf(clock.nowMs()));
  if (outcome === 'already') return;
  metrics.count('EndpointsDisabled');
  log.warn('endpoint.disabled', { endpointId, reason });
}
