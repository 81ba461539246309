import { correlationIdOf } from '../core/correlation.ts';
import { type Attempt, retryAfterMs } from '../core/delivery.ts';
import { epochMsOf, instantOf } from '../core/instant.ts';
import { isReconciled } from '../core/partner-event.ts';
import { longestQueueDelayMs, nextDelayMs } from '../core/retry-schedule.ts';
import { testCatalog } from '../core/sample-version.ts';
import { traceOf } from '../core/trace.ts';
import type { Version } from '../core/version.ts';
import type { ClaimedDelivery } from '../ports/delivery-store.ts';
import type { Answer } from '../ports/webhook-transport.ts';
import type { DeliverDeps } from './deps.ts';
import { exhausted } from './next-step.ts';
import { wakeSuccessor } from './predecessor.ts';
import { type Outgoing, send } from './send.ts';
import { giveUp, hold } from './settle.ts';
import { disableEndpoint } from './slot.ts';

/** Result of an attempt; undefined if none was made. */
export type AttemptResult = 'delivered' | 'failed' | undefined;

/** Sends the message, logs the attempt, and settles the delivery. */
export async function attempt(
  unread: ClaimedDelivery,
  outgoing: Outgoing,
  deps: DeliverDeps,
): Promise<AttemptResult> {
  const correlationId = correlationIdOf(outgoing.version);
  const claimed = { ...unread, correlationId };
  const { id: deliveryId, endpointId, messageId, attemptNumber } = claimed;
  const startedAtMs = deps.clock.nowMs();
  const trace = traceOf(correlationId, deliveryId, attemptNumber);
  const sent = await send(outgoing, Math.floor(startedAtMs / 1_000), trace, deps);
  const { outcome, status, answer, reason } = sent;
  const durationMs = deps.clock.nowMs() - startedAtMs;
  const startedAt = instantOf(startedAtMs);
  deps.log.info('delivery.attempted', {
    correlationId,
    deliveryId,
    endpointId,
    messageId,
    attempt: attemptNumber,
    outcome,
    status,
    reason,
    durationMs,
  });
  const made: Attempt = { number: attemptNumber, startedAt, durationMs, outcome, status, answer, reason };
  return settleAttempt(claimed, made, sent, outgoing, deps);
}

async function settleAttempt(
  claimed: ClaimedDelivery,
  made: Attempt,
  { retryAfter }: Answer,
  { endpoint, version }: Outgoing,
  deps: DeliverDeps,
): Promise<AttemptResult> {
  const { clock, random, timeScale } = deps;
  if (made.outcome === 'delivered') {
    const settled = await deps.deliveries.settle(claimed, made, { status: 'delivered' });
    if (settled === 'settled') reportLatency(claimed, made, version, deps);
    deps.metrics.count('DeliveriesDelivered');
    if (endpoint.ordering === 'per-record') await wakeSuccessor(claimed, deps);
    return 'delivered';
  }
  if (made.outcome === 'gone') {
    await disableEndpoint(endpoint.id, 'answered 410 Gone', deps);
    await hold(claimed, made, deps);
    return 'failed';
  }
  const retryMs = retryAfterMs(retryAfter, clock.nowMs());
  const delayMs = nextDelayMs(claimed.attemptNumber, random.next(), retryMs);
  if (delayMs === undefined) await giveUp(claimed, made, exhausted(claimed, made.outcome), deps);
  else await retryLater(claimed, made, delayMs * timeScale, deps);
  return 'failed';
}

async function retryLater(
  claimed: ClaimedDelivery,
  made: Attempt,
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

/**
 * Reports the time from the event to the answer. Replays, samples and reconciled records have no
 * such event.
 */
function reportLatency(
  { replayed }: ClaimedDelivery,
  { startedAt, durationMs }: Attempt,
  { catalog, cause }: Version,
  { metrics }: DeliverDeps,
): void {
  if (replayed || catalog === testCatalog || isReconciled(cause.detailType)) return;
  const latencyMs = epochMsOf(startedAt) + durationMs - epochMsOf(cause.eventTime);
  metrics.level('DeliveryLatency', Math.max(0, latencyMs));
}
