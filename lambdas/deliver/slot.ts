import {
  acquireSlot,
  type GatePolicy,
  type Pause,
  releaseSlot,
  type SlotAnswer,
  type SlotRelease,
  type SlotResult,
} from '../core/endpoint-gate.ts';
import type { EndpointId } from '../core/ids.ts';
import { instantOf } from '../core/instant.ts';
import type { StoredGate } from '../ports/endpoint-gate.ts';
import type { DeliverDeps } from './deps.ts';
import { endUnreadablePause, type GateOwner } from './gate-owner.ts';

type SlotDeps = Pick<
  DeliverDeps,
  | 'gates'
  | 'endpoints'
  | 'worker'
  | 'slotsPerEndpoint'
  | 'leaseMs'
  | 'timeScale'
  | 'clock'
  | 'random'
  | 'log'
  | 'metrics'
>;

/** `stored`: the gate as it was written. */
export type AcquiredSlot = Extract<SlotAnswer, { outcome: 'acquired' }> & { readonly stored: StoredGate };

/**
 * How often a lost race is repeated. To release a slot is worth more attempts: else it is taken
 * until its lease ends.
 */
const attemptsToAcquire = 6;
const attemptsToRelease = 20;
const longestPauseMs = 20;

/**
 * Acquires a slot with one write, unless another worker writes at the same time.
 * @throws ServiceError `store.unavailable` (later).
 */
export async function acquireEndpointSlot(
  owner: GateOwner,
  wanted: number,
  deps: SlotDeps,
): Promise<AcquiredSlot | Exclude<SlotAnswer, { outcome: 'acquired' }>> {
  const { gates, worker, clock } = deps;
  const { id, ratePerSecond } = owner;
  for (let attempt = 1; attempt <= attemptsToAcquire; attempt += 1) {
    const { gate, revision, isEdited } = await gates.read(id);
    const request = { worker, nowMs: clock.nowMs(), wanted };
    const answer = acquireSlot(endUnreadablePause(gate, owner), request, {
      ...policyOf(deps),
      ratePerSecond,
    });
    if (answer.outcome !== 'acquired') return answer;
    if ((await gates.write(id, answer.gate, revision)) === 'written') {
      if (answer.isMended || isEdited) reportMended(id, deps);
      return { ...answer, stored: { gate: answer.gate, revision: revision + 1 } };
    }
    await pauseAfterRace(deps);
  }
  return { outcome: 'full' };
}

/**
 * Releases a slot and records the results with one write, unless another worker writes at the same
 * time. If the slot no longer exists, because the gate was reset or the lease expired, nothing is
 * recorded.
 * @param stored the gate as this worker last wrote it
 * @returns the pause if this result began it, for a reason that the gate did not have yet
 * @throws ServiceError `store.unavailable` (later).
 */
export async function releaseEndpointSlot(
  { id }: GateOwner,
  stored: StoredGate,
  result: Pick<SlotResult, 'delivered' | 'failed' | 'pause'>,
  deps: SlotDeps,
): Promise<Pause | undefined> {
  const { gates, worker, clock } = deps;
  const pausedSince = stored.gate?.pause?.since;
  let current = stored;
  for (let attempt = 1; attempt <= attemptsToRelease; attempt += 1) {
    const known = { ...result, worker, nowMs: clock.nowMs(), pausedSince };
    const release = releaseSlot(current.gate, known, policyOf(deps));
    if ((await gates.write(id, release.gate, current.revision)) === 'written') {
      await reportBreaker(id, release, deps);
      const { newPause } = release;
      return newPause?.reason === current.gate?.pause?.reason ? undefined : newPause;
    }
    await pauseAfterRace(deps);
    current = await gates.read(id);
    if (!Object.hasOwn(current.gate?.slots ?? {}, worker)) return undefined;
  }
  return undefined;
}

/** Only the worker whose write repaired the gate reports it. */
function reportMended(endpointId: EndpointId, { log, metrics }: SlotDeps): void {
  metrics.count('RowsUnreadable');
  log.warn('gate.mended', { endpointId });
}

function policyOf({ slotsPerEndpoint, leaseMs, timeScale }: SlotDeps): GatePolicy {
  return { slots: slotsPerEndpoint, leaseMs, timeScale };
}

async function pauseAfterRace({ clock, random }: SlotDeps): Promise<void> {
  await clock.sleep(random.next() * longestPauseMs);
}

async function reportBreaker(
  endpointId: EndpointId,
  { gate, newPause, openedForMs, failingTooLongSince }: SlotRelease,
  deps: SlotDeps,
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
  { endpoints, clock, log, metrics }: Pick<DeliverDeps, 'endpoints' | 'clock' | 'log' | 'metrics'>,
): Promise<void> {
  const outcome = await endpoints.disable(endpointId, reason, instantOf(clock.nowMs()));
  if (outcome === 'already') return;
  metrics.count('EndpointsDisabled');
  log.warn('endpoint.disabled', { endpointId, reason });
}
