import type { Attempt } from '../core/delivery.ts';
import { epochMsOf, instantOf } from '../core/instant.ts';
import {
  awsWaitMs,
  busyWaitMs,
  longestQueueDelayMs,
  nextDelayMs,
  spendsBusyAttempt,
} from '../core/retry-schedule.ts';
import type { ClaimedDelivery } from '../ports/delivery-store.ts';
import type { DeliverDeps } from './deps.ts';
import { exhausted, mostAttempts } from './next-step.ts';
import { giveUp, reportBlocked } from './settle.ts';

/** Tries again after the next wait of the schedule, or gives the delivery up. */
export async function retry(
  claimed: ClaimedDelivery,
  made: Attempt,
  retryMs: number | undefined,
  deps: DeliverDeps,
): Promise<void> {
  const delayMs = nextDelayMs(claimed.attemptNumber, deps.random.next(), retryMs);
  if (delayMs === undefined) await giveUp(claimed, made, exhausted(claimed, made.outcome), deps);
  else await retryLater(claimed, made, delayMs * deps.timeScale, deps);
}

/** The receiver requested a wait. Its answers spend attempts no faster than the schedule does. */
export async function retryBusy(
  claimed: ClaimedDelivery,
  made: Attempt,
  retryMs: number,
  deps: DeliverDeps,
): Promise<void> {
  const { attemptNumber, lastAttemptAt } = claimed;
  const startedAtMs = epochMsOf(made.startedAt);
  // Without a record, the worker of the attempt before has crashed: this one is spent.
  const lastAtMs = lastAttemptAt ? epochMsOf(lastAttemptAt) : 0;
  const sinceLastMs = (startedAtMs - lastAtMs) / deps.timeScale;
  const isSpent = spendsBusyAttempt(attemptNumber, sinceLastMs);
  if (isSpent && attemptNumber >= mostAttempts)
    return giveUp(claimed, made, exhausted(claimed, made.outcome), deps);
  const delayMs = busyWaitMs(retryMs, isSpent ? 0 : sinceLastMs, deps.random.next()) * deps.timeScale;
  await retryLater(claimed, isSpent ? made : undefined, delayMs, deps);
}

/** A fault of AWS: the same attempt is made again later. */
export async function retryUnspent(
  claimed: ClaimedDelivery,
  reason: string,
  deps: DeliverDeps,
): Promise<void> {
  reportBlocked(claimed, { code: 'event-bus.unavailable', reason }, deps);
  const delayMs = awsWaitMs(deps.random.next()) * deps.timeScale;
  await retryLater(claimed, undefined, delayMs, deps);
}

async function retryLater(
  claimed: ClaimedDelivery,
  made: Attempt | undefined,
  delayMs: number,
  deps: DeliverDeps,
): Promise<void> {
  const { id, endpointId, correlationId } = claimed;
  await deps.deliveries.settle(claimed, made, {
    status: 'pending',
    dueAt: instantOf(deps.clock.nowMs() + delayMs),
  });
  deps.metrics.count('DeliveriesRetried');
  // For longer delays than SQS allows, `sweep` signals the delivery when it is due.
  if (delayMs <= longestQueueDelayMs) await deps.doorbell.ring([id], delayMs, { endpointId, correlationId });
}
