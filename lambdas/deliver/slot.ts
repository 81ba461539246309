import type { Endpoint } from '../core/endpoint.ts';
import {
  acquireSlot,
  type GatePolicy,
  releaseSlot,
  type SlotAnswer,
  type SlotRelease,
  type SlotResult,
} from '../core/endpoint-gate.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { EndpointGateStore, StoredGate } from '../ports/endpoint-gate.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Random } from '../ports/random.ts';
import type { DeliverLevel, DeliverMetric } from './contract.ts';

export interface SlotDeps {
  readonly gates: Pick<EndpointGateStore, 'read' | 'write'>;
  /** The name of this worker. No other that runs now may have it. */
  readonly worker: string;
  readonly policy: Omit<GatePolicy, 'ratePerSecond'>;
  readonly endpoints: Pick<EndpointStore, 'disable'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics<DeliverMetric, DeliverLevel>;
}

/** A lane that is held, or why there is none. */
export type Lane =
  | Exclude<SlotAnswer, { outcome: 'acquired' }>
  /** `row`: as it was written. */
  | (Extract<SlotAnswer, { outcome: 'acquired' }> & { readonly row: StoredGate });

/** A lost race is run again: somebody else got in or out, so it is no failure. */
const mostAttempts = 6;
/** What is not told is a lane that nobody has until its lease ends. */
const mostAttemptsToLeave = 20;
const breatherMs = 20;

/** One write, where nobody else is quicker. @throws ServiceError `store.unavailable` (later). */
export async function acquireEndpointSlot(
  { id, ratePerSecond }: Endpoint,
  wanted: number,
  { gates, worker, policy, clock, random }: SlotDeps,
): Promise<Lane> {
  for (let time = 1; time <= mostAttempts; time += 1) {
    const { gate, revision } = await gates.read(id);
    const entry = acquireSlot(gate, { worker, nowMs: clock.nowMs(), wanted }, { ...policy, ratePerSecond });
    if (entry.outcome !== 'acquired') return entry;
    if ((await gates.write(id, entry.gate, revision)) === 'written')
      return { ...entry, row: { gate: entry.gate, revision: revision + 1 } };
    await clock.sleep(random.next() * breatherMs);
  }
  return { outcome: 'full' };
}

/**
 * One write, where nobody else is quicker. With too much bad luck none: then the lane ends with its lease.
 * Where the lane is gone, as the lanes were reset or the lease ran out, nothing is told: it says nothing of what stands now.
 * @param row as it was last seen
 * @throws ServiceError `store.unavailable` (later).
 */
export async function releaseEndpointSlot(
  { id }: Endpoint,
  row: StoredGate,
  seen: Pick<SlotResult, 'delivered' | 'failed'>,
  parts: SlotDeps,
): Promise<void> {
  const { gates, worker, policy, clock, random } = parts;
  let found = row;
  for (let time = 1; time <= mostAttemptsToLeave; time += 1) {
    const left = releaseSlot(found.gate, { ...seen, worker, nowMs: clock.nowMs() }, policy);
    if ((await gates.write(id, left.gate, found.revision)) === 'written')
      return drawConclusions(id, left, parts);
    await clock.sleep(random.next() * breatherMs);
    found = await gates.read(id);
    if (!Object.hasOwn(found.gate?.slots ?? {}, worker)) return;
  }
}

async function drawConclusions(
  endpointId: Endpoint['id'],
  { gate, openedForMs, failingTooLongSince: hopelessSince }: SlotRelease,
  parts: SlotDeps,
): Promise<void> {
  const { log, metrics } = parts;
  const { failuresInARow } = gate.breaker;
  if (openedForMs !== undefined) {
    metrics.count('BreakersOpened');
    log.warn('breaker.opened', { endpointId, failuresInARow, openedForMs });
  }
  if (hopelessSince === undefined) return;
  await disableEndpoint(endpointId, reasonToDisable(hopelessSince, failuresInARow), parts);
}

/** Told once, by whoever did it. */
export async function disableEndpoint(
  endpointId: Endpoint['id'],
  reason: string,
  { endpoints, clock, log, metrics }: Pick<SlotDeps, 'endpoints' | 'clock' | 'log' | 'metrics'>,
): Promise<void> {
  const outcome = await endpoints.disable(endpointId, reason, instantOf(clock.nowMs()));
  if (outcome === 'already') return;
  metrics.count('EndpointsDisabled');
  log.warn('endpoint.disabled', { endpointId, reason });
}

function reasonToDisable(since: Instant, failures: number): string {
  return `nothing but failures since ${since}, ${failures} in a row`;
}
