import type { AttemptResult } from '../core/blame.ts';
import type { DeliveryDoorbellMessage } from '../core/doorbell-body.ts';
import { quickMs } from '../core/endpoint-gate.ts';
import type { EndpointId } from '../core/ids.ts';
import type { StoredGate } from '../ports/endpoint-gate.ts';
import { deliver } from './deliver.ts';
import type { DeliverDeps } from './deps.ts';
import { type GateOwner, reportUnreadableEndpoint } from './gate-owner.ts';
import { postpone, postponeRefused } from './postpone.ts';
import { type AcquiredSlot, registerEndpointSlot } from './register-slot.ts';
import { acquireEndpointSlot, releaseEndpointSlot } from './slot.ts';
import { slotResultOf } from './slot-result.ts';

/** Errors by message. */
export type DeliverFailures = Map<DeliveryDoorbellMessage, unknown>;

/** A doorbell message whose endpoint is known. */
export interface Task extends DeliveryDoorbellMessage {
  readonly message: DeliveryDoorbellMessage;
  readonly endpointId: EndpointId;
}

/** The shortest time after which a delivery is slow if time is scaled down, for slow machines. */
const leastQuickMs = 250;

/** Deliveries that wait for the same circuit breaker come back spread over this time. */
const breakerSpreadMs = 15_000;

/** Runs `work` for all items at once. Returns the results; errors are added to `failures`. */
export async function each<Item extends Pick<Task, 'message'>, Result>(
  items: readonly Item[],
  failures: DeliverFailures,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const settled = await Promise.allSettled(items.map(work));
  items.forEach(({ message }, index) => {
    const result = settled[index];
    if (result?.status === 'rejected') failures.set(message, result.reason);
  });
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/**
 * Acquires a slot and sends, or postpones what cannot be sent now.
 * @param gate as it was read a moment ago
 */
export async function deliverInSlot(
  endpoint: GateOwner,
  gate: StoredGate | undefined,
  tasks: readonly Task[],
  failures: DeliverFailures,
  deps: DeliverDeps,
): Promise<void> {
  const [acquired] = await Promise.allSettled([acquireEndpointSlot(endpoint, gate, tasks.length, deps)]);
  if (acquired.status === 'rejected') {
    for (const { message } of tasks) failures.set(message, acquired.reason);
    return;
  }
  const slot = acquired.value;
  if (slot.outcome === 'full') {
    deps.metrics.count('SlotsRefused');
    await each(tasks, failures, (task) => postponeRefused(task, deps));
  } else if (slot.outcome === 'open') {
    const spreadMs = breakerSpreadMs * deps.timeScale;
    await each(tasks, failures, (task) => postpone(task, slot.untilMs + deps.random.next() * spreadMs, deps));
  } else await useSlot(endpoint, slot, tasks, failures, deps);
}

/** Sends the deliveries that may start now, postpones the others, and releases the slot. */
async function useSlot(
  endpoint: GateOwner,
  slot: AcquiredSlot,
  tasks: readonly Task[],
  failures: DeliverFailures,
  deps: DeliverDeps,
): Promise<void> {
  const { startsAtMs, dueAtMs } = slot;
  const now = tasks.slice(0, startsAtMs.length);
  const later = tasks.slice(startsAtMs.length);
  const results: AttemptResult[] = [];
  const sending = Promise.all([
    each(now, failures, (task, index) => deliverAt(task, startsAtMs[index] ?? 0, results, deps)),
    each(later, failures, (task, index) => postpone(task, dueAtMs[index] ?? 0, deps)),
  ]);
  const slow = await registerIfSlow(endpoint, slot, sending, deps);
  await sending;
  if (now.length === 0) return;
  // The deliveries are settled already. If the release fails, the slot is free when its lease
  // expires.
  const result = { ...slotResultOf(results), isSlow: slow !== undefined };
  const [released] = await Promise.allSettled([releaseEndpointSlot(endpoint, slow ?? slot, result, deps)]);
  if (released.status === 'fulfilled') reportUnreadableEndpoint(endpoint, released.value, results, deps);
}

/** Returns undefined if the deliveries end soon; if not, the slot, which is registered by then. */
async function registerIfSlow(
  endpoint: GateOwner,
  slot: AcquiredSlot,
  sending: Promise<unknown>,
  deps: DeliverDeps,
): Promise<AcquiredSlot | undefined> {
  const limitMs = Math.max(quickMs * deps.timeScale, leastQuickMs);
  const isSlow = await Promise.race([sending.then(() => false), deps.clock.sleep(limitMs).then(() => true)]);
  if (!isSlow || slot.isRegistered) return isSlow ? slot : undefined;
  const [registered] = await Promise.allSettled([registerEndpointSlot(endpoint, slot, deps)]);
  // Without a slot the delivery goes on: it is under way.
  return registered.status === 'fulfilled' ? registered.value : slot;
}

async function deliverAt(
  task: Task,
  startAtMs: number,
  results: AttemptResult[],
  deps: DeliverDeps,
): Promise<void> {
  const waitMs = startAtMs - deps.clock.nowMs();
  if (waitMs > 0) await deps.clock.sleep(waitMs);
  // An answer that came during the wait may ask to wait longer.
  const { pause } = slotResultOf(results);
  if (pause?.cause === 'retry-after' && pause.untilMs > deps.clock.nowMs())
    return postpone(task, pause.untilMs, deps);
  const result = await deliver(task.deliveryId, deps, task.first);
  if (result) results.push(result);
}
