import { type GatePolicy, registerSlot } from '../core/endpoint-gate.ts';
import type { Instant } from '../core/instant.ts';
import type { StoredGate } from '../ports/endpoint-gate.ts';
import type { DeliverDeps } from './deps.ts';
import type { GateOwner } from './gate-owner.ts';

export type SlotDeps = Pick<
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
  /** Start of the pause that the gate had when the slot was acquired. */
  readonly pausedSince: Instant | undefined;
  /** False for a lone delivery to a quick endpoint. */
  readonly isRegistered: boolean;
}

/** How often a lost race is repeated. */
export const attemptsToAcquire = 6;
const longestPauseMs = 20;

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
    // A repeated call met its own write.
    if (Object.hasOwn(stored.gate?.slots ?? {}, worker)) return { ...slot, stored, isRegistered: true };
  }
  return slot;
}

export function policyOf({ slotsPerEndpoint, leaseMs, timeScale }: SlotDeps): GatePolicy {
  return { slots: slotsPerEndpoint, leaseMs, timeScale };
}

export async function pauseAfterRace({ clock, random }: SlotDeps): Promise<void> {
  await clock.sleep(random.next() * longestPauseMs);
}
