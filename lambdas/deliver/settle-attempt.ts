import { type AttemptResult, attemptKind } from '../core/blame.ts';
import { testCatalog } from '../core/catalogs.ts';
import { type Attempt, retryAfterMs } from '../core/delivery.ts';
import { epochMsOf } from '../core/instant.ts';
import { isReconciled } from '../core/partner-event.ts';
import { longestRetryAfterMs } from '../core/retry-schedule.ts';
import { ServiceError } from '../core/service-error.ts';
import type { Version } from '../core/version.ts';
import type { ClaimedDelivery } from '../ports/delivery-store.ts';
import type { Answer } from '../ports/webhook-transport.ts';
import type { DeliverDeps } from './deps.ts';
import { wakeSuccessor } from './predecessor.ts';
import { disableEndpoint } from './report-breaker.ts';
import { retry, retryBusy, retryUnspent } from './retry.ts';
import type { Outgoing } from './send.ts';
import { block, type Fault, giveUp, hold } from './settle.ts';

/** Settles a delivery after an attempt, by the table of blame. */
export async function settleAttempt(
  claimed: ClaimedDelivery,
  made: Attempt,
  answer: Answer,
  { endpoint, version }: Outgoing,
  deps: DeliverDeps,
): Promise<AttemptResult> {
  const nowMs = deps.clock.nowMs();
  const retryMs = retryAfterMs(answer.retryAfter, nowMs);
  const kind = answer.kind ?? attemptKind(answer, retryMs);
  switch (kind) {
    case 'delivered':
      await endDelivered(claimed, made, version, endpoint.ordering === 'per-record', deps);
      return { kind };
    case 'gone':
      await disableEndpoint(endpoint.id, 'answered 410 Gone', deps);
      await hold(claimed, made, deps);
      return { kind };
    case 'own-fault':
      return block(claimed, ownFault(endpoint, answer), deps);
    case 'aws-fault':
      await retryUnspent(claimed, errorIn(answer), deps);
      return { kind };
    case 'undeliverable':
      await giveUp(claimed, made, undeliverable(claimed, answer), deps);
      return { kind };
    case 'failed':
    case 'message-refused':
      await retry(claimed, made, retryMs, deps);
      return { kind };
    case 'busy':
      break;
  }
  await retryBusy(claimed, made, retryMs ?? 0, deps);
  const waitMs = Math.min(retryMs ?? 0, longestRetryAfterMs) * deps.timeScale;
  return { kind, untilMs: nowMs + waitMs, reason: busyReason(made) };
}

async function endDelivered(
  claimed: ClaimedDelivery,
  made: Attempt,
  version: Version,
  isOrdered: boolean,
  deps: DeliverDeps,
): Promise<void> {
  const settled = await deps.deliveries.settle(claimed, made, { status: 'delivered' });
  if (settled === 'settled') reportLatency(claimed, made, version, deps);
  deps.metrics.count('DeliveriesDelivered');
  if (isOrdered) await wakeSuccessor(claimed, deps);
}

/** Without DNS, sockets, or permission for an event bus, nothing can be sent to the endpoint. */
function ownFault({ destination }: Outgoing['endpoint'], answer: Answer): Fault {
  if (destination.kind === 'eventbridge') return { code: 'event-bus.denied', reason: errorIn(answer) };
  return { code: 'transport.unavailable', reason: answer.reason ?? answer.outcome };
}

function busyReason({ status }: Attempt): string {
  return `answered ${status} with Retry-After`;
}

/** The name of an error of AWS. Its text stays with the attempt. */
function errorIn({ answer, outcome }: Answer): string {
  return answer?.split(':')[0] ?? outcome;
}

function undeliverable({ endpointId, id: deliveryId }: ClaimedDelivery, answer: Answer): ServiceError {
  return new ServiceError('delivery.undeliverable', { endpointId, deliveryId, error: answer.answer ?? '' });
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
