import type { DeliveryDoorbellMessage } from '../core/doorbell-body.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { longestQueueDelayMs, slotWaitMs } from '../core/retry-schedule.ts';
import type { DeliverDeps } from './deps.ts';

/** Waits longer each time the delivery finds no free slot. */
export async function postponeRefused(message: DeliveryDoorbellMessage, deps: DeliverDeps): Promise<void> {
  const timesRefused = (message.timesRefused ?? 0) + 1;
  const waitMs = slotWaitMs(timesRefused, deps.random.next()) * deps.timeScale;
  await postpone({ ...message, timesRefused }, deps.clock.nowMs() + waitMs, deps);
}

/**
 * Postpones the row and sends a delayed doorbell message, so that `sweep` does not signal it as
 * well. If the delivery is not due, no message is sent: another one is on its way.
 */
export async function postpone(
  message: DeliveryDoorbellMessage,
  dueAtMs: number,
  deps: DeliverDeps,
): Promise<void> {
  const { deliveryId, endpointId, correlationId, timesRefused } = message;
  const { doorbell, clock, metrics } = deps;
  const nowMs = clock.nowMs();
  const outcome = await postponeRow(message, instantOf(nowMs), instantOf(dueAtMs), deps);
  if (outcome === 'unchanged') return;
  metrics.count('DeliveriesPostponed');
  const delayMs = Math.max(0, dueAtMs - nowMs);
  if (delayMs <= longestQueueDelayMs)
    await doorbell.ring([deliveryId], delayMs, { endpointId, correlationId, timesRefused });
}

/** A delivery that has no row yet gets one, which is due later. */
async function postponeRow(
  { deliveryId, first }: DeliveryDoorbellMessage,
  now: Instant,
  dueAt: Instant,
  { deliveries }: DeliverDeps,
): Promise<'postponed' | 'unchanged'> {
  const added = first && (await deliveries.add(first.delivery, now, 'pending', dueAt));
  return added === 'added' ? 'postponed' : deliveries.postpone(deliveryId, now, dueAt);
}
