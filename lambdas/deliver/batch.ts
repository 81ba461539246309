import { type DeliveryDoorbellMessage, unlessWanted } from '../core/doorbell-body.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { DeliveryId, EndpointId } from '../core/ids.ts';
import { instantOf } from '../core/instant.ts';
import { longestQueueDelayMs, slotWaitMs } from '../core/retry-schedule.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import { type AttemptResult, type DeliverDeps, deliver } from './deliver.ts';
import { acquireEndpointSlot, releaseEndpointSlot, type SlotDeps } from './slot.ts';

export interface DeliverBatchDeps extends DeliverDeps, Pick<SlotDeps, 'gates' | 'worker' | 'policy'> {
  readonly deliveries: DeliverDeps['deliveries'] & Pick<DeliveryStore, 'postpone'>;
}

/** A ring, and what became of it. */
interface Answered {
  readonly ring: DeliveryDoorbellMessage;
  readonly result: PromiseSettledResult<AttemptResult | void>;
}

/**
 * Answers the rings of a batch, all at once, in one lane for each endpoint. What there is no lane or no turn for is put off:
 * it rings again, and spends no attempt.
 * @returns what failed, as `deliver` and `enterLane` throw it.
 */
export async function deliverBatch(
  rings: readonly DeliveryDoorbellMessage[],
  deps: DeliverBatchDeps,
): Promise<ReadonlyMap<DeliveryId, unknown>> {
  const revived = await each(rings, async ({ deliveryId, revive }) => {
    if (revive) await deps.deliveries.revive(deliveryId, now(deps));
  });
  const named = await Promise.all(succeeded(revived).map((ring) => withEndpoint(ring, deps)));
  const groups = Map.groupBy(succeeded(named), ({ endpointId }) => endpointId);
  const answered = await Promise.all(
    [...groups].map(async ([endpointId, group]) => (endpointId ? answerGroup(endpointId, group, deps) : [])),
  );
  return failuresOf([...revived, ...named, ...answered.flat()]);
}

/** Names no endpoint where nobody knows the delivery. */
async function withEndpoint(
  ring: DeliveryDoorbellMessage,
  { deliveries }: DeliverBatchDeps,
): Promise<Answered> {
  if (ring.endpointId) return { ring, result: done };
  const [looked] = await Promise.allSettled([deliveries.state(ring.deliveryId)]);
  if (looked.status === 'rejected') return { ring, result: looked };
  const { endpointId, wanted = true } = looked.value ?? {};
  return { ring: { ...ring, endpointId, ...unlessWanted(wanted) }, result: done };
}

const done: PromiseFulfilledResult<undefined> = { status: 'fulfilled', value: undefined };

async function answerGroup(
  endpointId: EndpointId,
  rings: readonly DeliveryDoorbellMessage[],
  deps: DeliverBatchDeps,
): Promise<readonly Answered[]> {
  const [found] = await Promise.allSettled([deps.endpoints.find(endpointId)]);
  const endpoint = found.status === 'fulfilled' ? found.value : undefined;
  // Nothing is sent, so no lane is taken: each is held, given up, or given back until the endpoint is mended.
  if (!endpoint || endpoint.disabled || endpoint.destination.kind === 'listener')
    return each(rings, (ring) => deliver(ring, deps));
  // Nor for those that are only to end in their turn: they take no lane, no turn of the rate, and not the breaker's trial.
  const [toEnd, toSend] = [rings.filter(isUnwanted), rings.filter((ring) => !isUnwanted(ring))];
  const answered = await Promise.all([
    each(toEnd, (ring) => deliver(ring, deps)),
    toSend.length > 0 ? answerInLane(endpoint, toSend, deps) : [],
  ]);
  return answered.flat();
}

function isUnwanted({ wanted }: DeliveryDoorbellMessage): boolean {
  return wanted === false;
}

async function answerInLane(
  endpoint: Endpoint,
  rings: readonly DeliveryDoorbellMessage[],
  deps: DeliverBatchDeps,
): Promise<readonly Answered[]> {
  const [entered] = await Promise.allSettled([acquireEndpointSlot(endpoint, rings.length, deps)]);
  if (entered.status === 'rejected') return rings.map((ring) => ({ ring, result: entered }));
  const lane = entered.value;
  if (lane.outcome === 'full') {
    deps.metrics.count('SlotsRefused');
    return each(rings, (ring) => askAgain(ring, endpoint, deps));
  }
  if (lane.outcome === 'open') {
    // What waits for the breaker together must not come back together.
    const spreadMs = breakerSpreadMs * deps.timeScale;
    return each(rings, (ring) => putOff(ring, endpoint, lane.untilMs + deps.random.next() * spreadMs, deps));
  }
  const { startsAtMs, dueAtMs, row } = lane;
  const first = rings.slice(0, startsAtMs.length);
  const [sent, later] = await Promise.all([
    each(first, async (ring, index) => {
      const waitMs = (startsAtMs[index] ?? 0) - deps.clock.nowMs();
      if (waitMs > 0) await deps.clock.sleep(waitMs);
      return deliver({ ...ring, revive: false }, deps);
    }),
    each(rings.slice(first.length), (ring, index) => putOff(ring, endpoint, dueAtMs[index] ?? 0, deps)),
  ]);
  const count = (attempted: AttemptResult) =>
    sent.filter(({ result }) => result.status === 'fulfilled' && result.value === attempted).length;
  if (first.length > 0)
    // Where that fails, the deliveries were made all the same: the lane ends with its lease.
    await Promise.allSettled([
      releaseEndpointSlot(endpoint, row, { delivered: count('delivered'), failed: count('failed') }, deps),
    ]);
  return [...sent, ...later];
}

const breakerSpreadMs = 15_000;

function askAgain(ring: DeliveryDoorbellMessage, endpoint: Endpoint, deps: DeliverBatchDeps): Promise<void> {
  const timesRefused = (ring.timesRefused ?? 0) + 1;
  const waitMs = slotWaitMs(timesRefused, deps.random.next()) * deps.timeScale;
  return putOff({ ...ring, timesRefused }, endpoint, deps.clock.nowMs() + waitMs, deps);
}

/** The row is put off with the ring: `sweep` must not ring for it too. A ring whose delivery is not due is the last of its kind. */
async function putOff(
  { deliveryId, correlationId, timesRefused }: DeliveryDoorbellMessage,
  { id: endpointId }: Endpoint,
  dueAtMs: number,
  { deliveries, doorbell, clock, metrics }: DeliverBatchDeps,
): Promise<void> {
  const nowMs = clock.nowMs();
  const outcome = await deliveries.postpone(deliveryId, instantOf(nowMs), instantOf(dueAtMs));
  if (outcome === 'unchanged') return;
  metrics.count('DeliveriesPostponed');
  const delayMs = Math.max(0, dueAtMs - nowMs);
  if (delayMs <= longestQueueDelayMs)
    await doorbell.ring([deliveryId], delayMs, { endpointId, correlationId, timesRefused });
}

function now({ clock }: DeliverBatchDeps) {
  return instantOf(clock.nowMs());
}

async function each(
  rings: readonly DeliveryDoorbellMessage[],
  answer: (ring: DeliveryDoorbellMessage, index: number) => Promise<AttemptResult | void>,
): Promise<readonly Answered[]> {
  const results = await Promise.allSettled(rings.map(answer));
  return rings.flatMap((ring, index) => {
    const result = results[index];
    return result ? [{ ring, result }] : [];
  });
}

function succeeded(answered: readonly Answered[]): readonly DeliveryDoorbellMessage[] {
  return answered.flatMap(({ ring, result }) => (result.status === 'fulfilled' ? [ring] : []));
}

function failuresOf(answered: readonly Answered[]): ReadonlyMap<DeliveryId, unknown> {
  return new Map(
    answered.flatMap(({ ring, result }) =>
      result.status === 'rejected' ? [[ring.deliveryId, result.reason] as const] : [],
    ),
  );
}
