import {
  acquireSlot,
  isQuick,
  type Pause,
  releaseSlot,
  type SlotAnswer,
  type SlotResult,
} from '../core/endpoint-gate.ts';
import type { EndpointId } from '../core/ids.ts';
import type { StoredGate } from '../ports/endpoint-gate.ts';
import { endUnreadablePause, type GateOwner } from './gate-owner.ts';
import {
  type AcquiredSlot,
  attemptsToAcquire,
  pauseAfterRace,
  policyOf,
  registerEndpointSlot,
  type SlotDeps,
} from './register-slot.ts';
import { reportBreaker } from './report-breaker.ts';

/** To release a slot is worth more attempts: else it is taken until its lease ends. */
const attemptsToRelease = 20;

/**
 * Acquires a slot with one write, unless another worker writes at the same time. A lone delivery to
 * a quick endpoint needs no slot and no write.
 * @param known the gate if the caller has read it already, to save a read
 * @throws ServiceError `store.unavailable` (later).
 */
export async function acquireEndpointSlot(
  owner: GateOwner,
  known: StoredGate | undefined,
  wanted: number,
  deps: SlotDeps,
): Promise<AcquiredSlot | Exclude<SlotAnswer, { outcome: 'acquired' }>> {
  const { gates, worker, clock } = deps;
  const { id, ratePerSecond } = owner;
  let early = known;
  for (let attempt = 1; attempt <= attemptsToAcquire; attempt += 1) {
    const stored = early ?? (await gates.read(id));
    early = undefined;
    const { revision, isEdited } = stored;
    const nowMs = clock.nowMs();
    const gate = endUnreadablePause(stored.gate, owner);
    const isStored = gate === stored.gate && !isEdited;
    const pausedSince = gate?.pause?.since;
    if (wanted === 1 && ratePerSecond === undefined && isStored && isQuick(gate, nowMs, policyOf(deps)))
      return {
        outcome: 'acquired',
        startsAtMs: [nowMs],
        dueAtMs: [],
        stored,
        pausedSince,
        isRegistered: false,
      };
    const answer = acquireSlot(gate, { worker, nowMs, wanted }, { ...policyOf(deps), ratePerSecond });
    if (answer.outcome !== 'acquired') return answer;
    if ((await gates.write(id, answer.gate, revision)) === 'written') {
      if (answer.isMended || isEdited) reportMended(id, deps);
      const written = { gate: answer.gate, revision: revision + 1 };
      return { ...answer, stored: written, pausedSince: answer.gate.pause?.since, isRegistered: true };
    }
    await pauseAfterRace(deps);
  }
  return { outcome: 'full' };
}

/**
 * Releases a slot and records the results with one write, unless another worker writes at the same
 * time. A lone delivery to a quick endpoint that stays quick writes nothing; any other result first
 * registers its slot. If the slot no longer exists, nothing is recorded: the gate was reset, the
 * lease expired, or a repeated call meets its own write.
 * @param slot with the gate as this worker last read or wrote it
 * @returns the pause if this result began it, for a reason that the gate did not have yet
 * @throws ServiceError `store.unavailable` (later).
 */
export async function releaseEndpointSlot(
  owner: GateOwner,
  slot: AcquiredSlot,
  result: Pick<SlotResult, 'delivered' | 'failed' | 'pause' | 'isSlow'>,
  deps: SlotDeps,
): Promise<Pause | undefined> {
  const { gates, worker, clock } = deps;
  const { id } = owner;
  const { pausedSince } = slot;
  if (!slot.isRegistered && result.failed === 0 && !result.pause && !result.isSlow) return undefined;
  const { stored, isRegistered } = slot.isRegistered ? slot : await registerEndpointSlot(owner, slot, deps);
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
    if (isRegistered && !Object.hasOwn(current.gate?.slots ?? {}, worker)) return undefined;
  }
  return undefined;
}

/** Only the worker whose write repaired the gate reports it. */
function reportMended(endpointId: EndpointId, { log, metrics }: SlotDeps): void {
  metrics.count('RowsUnreadable');
  log.warn('gate.mended', { endpointId });
}
