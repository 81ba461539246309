import type { AttemptResult } from '../core/blame.ts';
import { correlationIdOf } from '../core/correlation.ts';
import type { Attempt } from '../core/delivery.ts';
import { instantOf } from '../core/instant.ts';
import { traceOf } from '../core/trace.ts';
import type { ClaimedDelivery } from '../ports/delivery-store.ts';
import type { DeliverDeps } from './deps.ts';
import { type Outgoing, send } from './send.ts';
import { settleAttempt } from './settle-attempt.ts';

/** Sends the message, logs the attempt, and settles the delivery. */
export async function attempt(
  unread: ClaimedDelivery,
  outgoing: Outgoing,
  deps: DeliverDeps,
): Promise<AttemptResult | undefined> {
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
