import {
  acquireSlot,
  type GatePolicy,
  isQuick,
  type Pause,
  registerSlot,
  releaseSlot,
  type SlotAnswer,
  type SlotResult,
} from '../core/endpoint-gate.ts';
import type { EndpointId } from '../core/ids.ts';
import type { StoredGate } from '../ports/endpoint-gate.ts';
import type { DeliverDeps } from './deps.ts';
import { endUnreadablePause, type GateOwner } from './gate-owner.ts';
import { reportBreaker } from './report-breaker.ts';

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

/** The right to send some deliveries. */
export interface AcquiredSlot {
  readonly outcome: 'acquired';
  readonly startsAtMs: readonly number[];
  readonly dueAtMs: readonly number[];
  /** The gate as it was read or written. */
  readonly stored: StoredGate;
  /** False for a lone delivery to a quick endpoint. */
  readonly isRegistered: boolean;
}

/**
 * How often a lost race is repeated. To release a slot is worth more attempts: else it is taken
 * until its lease ends.
 */
const attemptsToAcquire = 6;
const attemptsToRelease = 20;
const longestPauseMs = 20;

/**
 * Acquires a slot with one write, unless another worker writes at the same time. A lone delivery to
 * a quick endpoint needs no slot and no write.
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
    const stored = await gates.read(id);
    const { revision, isEdited } = stored;
    const nowMs = clock.nowMs();
    const gate = endUnreadablePause(stored.gate, owner);
    const isStored = gate === stored.gate && !isEdited;
    if (wanted === 1 && ratePerSecond === undefined && isStored && isQuick(gate, nowMs, policyOf(deps)))
      return { outcome: 'acquired', startsAtMs: [nowMs], dueAtMs: [], stored, isRegistered: false };
    const answer = acquireSlot(gate, { worker, nowMs, wanted }, { ...policyOf(deps), ratePerSecond });
    if (answer.outcome !== 'acquired') return answer;
    if ((await gates.write(id, answer.gate, revision)) === 'written') {
      if (answer.isMended || isEdited) reportMended(id, deps);
      return { ...answer, stored: { gate: answer.gate, revision: revision + 1 }, isRegistered: true };
    }
    await pauseAfterRace(deps);
  }
  return { outcome: 'full' };
}

/**
 * Registers the slot of a lone delivery that has turned out to be slow. It is under way, so it
 * takes a slot also if there is none left.
 * @returns the slot; the given one if all races are lost
 * @throws ServiceError `store.unavailable` (later).
 */
export async function registerEndpointSlot(
  { id }: GateOwner,
  slot: AcquiredSlot,
  deps: SlotDeps,
): Promise<AcquiredSlot> {
  const { gates, worker, clock } = deps;
  let { stored } = slot;
  for (let attempt = 1; attempt <= attemptsToAcquire; attempt += 1) {
    const gate = registerSlot(stored.gate, { worker, nowMs: clock.nowMs() }, policyOf(deps));
    if ((await gates.write(id, gate, stored.revision)) === 'written')
      return { ...slot, stored: { gate, revision: stored.revision + 1 }, isRegistered: true };
    await pauseAfterRace(deps);
    stored = await gates.read(id);
  }
  return slot;
}

/**
 * Releases a slot and records the results with one write, unless another worker writes at the same
 * time. A lone delivery to a quick endpoint that stays quick writes nothing. If a registered slot
 * no longer exists, because the gate was reset or the lease expired, nothing is recorded.
 * @param slot with the gate as this worker last read or wrote it
 * @returns the pause if this result began it, for a reason that the gate did not have yet
 * @throws ServiceError `store.unavailable` (later).
 */
export async function releaseEndpointSlot(
  { id }: GateOwner,
  { stored, isRegistered }: AcquiredSlot,
  result: Pick<SlotResult, 'delivered' | 'failed' | 'pause' | 'isSlow'>,
  deps: SlotDeps,
): Promise<Pause | undefined> {
  const { gates, worker, clock } = deps;
  if (!isRegistered && result.failed === 0 && !result.pause && !result.isSlow) return undefined;
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
    if (isRegistered && !Object.hasOwn(current.gate?.slots ?? {}, worker)) return undefined;
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
