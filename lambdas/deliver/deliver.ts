import { correlationIdOf, correlationIdOfDelivery } from '../core/correlation.ts';
import { type Attempt, retryAfterMs } from '../core/delivery.ts';
import { type DeliveryDoorbellMessage, parkedDeliveryBody, unlessWanted } from '../core/doorbell-body.ts';
import { epochMsOf, type Instant, instantOf } from '../core/instant.ts';
import { isReconciled } from '../core/partner-event.ts';
import { longestQueueDelayMs, nextDelayMs } from '../core/retry-schedule.ts';
import { testCatalog } from '../core/sample-version.ts';
import { reasonOf, ServiceError } from '../core/service-error.ts';
import { traceOf } from '../core/trace.ts';
import type { Version } from '../core/version.ts';
import type { ClaimedDelivery, DeliveryStore } from '../ports/delivery-store.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { Random } from '../ports/random.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Answer } from '../ports/webhook-transport.ts';
import type { ParkedQueue } from '../ports/work-queue.ts';
import { type Turns, waitForTurn, wakeNext } from './predecessor.ts';
import { exhausted, type Next, type Preparing, prepare } from './prepare.ts';
import { type Prepared, type Sending, send } from './send.ts';
import { disableEndpoint } from './slot.ts';

export interface DeliverDeps extends Sending, Turns, Preparing {
  readonly deliveries: Pick<DeliveryStore, 'claim' | 'settle' | 'revive' | 'state' | 'wake' | 'release'>;
  /** `find` may answer what was read when the batch began. */
  readonly endpoints: Pick<EndpointStore, 'find' | 'disable'>;
  /** As it stands at this moment. */
  readonly endpointNow: EndpointStore['find'];
  readonly records: Pick<RecordStore, 'version' | 'awaitsFanOut'>;
  readonly parked: ParkedQueue;
  readonly random: Random;
  /** How long a claim keeps others away, milliseconds: as long as the function can run, so that it cannot be outlived. */
  readonly leaseMs: number;
}

/** What came of an attempt; undefined where none was made. */
export type AttemptResult = 'delivered' | 'failed' | undefined;

/**
 * Answers a ring: claims the delivery, sends the message, records the attempt, and finishes or sets the next due time.
 * A crash anywhere leaves a row that is due when the lease ends. A delivery that is not due, or somebody else's, is left alone.
 * @throws ServiceError `store.unavailable`, `queue.unavailable`, `secret.unavailable`, `endpoint.unreadable` (later).
 */
export async function deliver(
  ring: Pick<DeliveryDoorbellMessage, 'deliveryId' | 'revive'>,
  deps: DeliverDeps,
): Promise<AttemptResult> {
  const { deliveries, clock } = deps;
  if (ring.revive) await deliveries.revive(ring.deliveryId, fromNow(clock));
  const claimed = await deliveries.claim(ring.deliveryId, fromNow(clock), fromNow(clock, deps.leaseMs));
  if (!claimed) return undefined;
  const next = await prepareOrGiveBack(claimed, deps);
  if (next instanceof ServiceError) await giveUp(claimed, undefined, next, deps);
  else if (next === 'hold') await hold(claimed, undefined, deps);
  else if (next === 'skip') await skip(claimed, deps);
  else if ('status' in next) await waitForTurn(claimed, next, deps);
  else return attempt(claimed, next, deps);
  return undefined;
}

function fromNow(clock: DeliverDeps['clock'], inMs = 0): Instant {
  return instantOf(clock.nowMs() + inMs);
}

/** @returns an error where there is nothing to be sent, now or ever. */
async function prepareOrGiveBack(claimed: ClaimedDelivery, deps: DeliverDeps): Promise<Next | ServiceError> {
  try {
    return await prepare(claimed, deps);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.retry.kind === 'never') return error;
    // No attempt was made, so none is spent: the number goes back.
    deps.metrics.count('DeliveriesUnprepared');
    await deps.deliveries.settle(claimed, undefined, {
      status: 'pending',
      dueAt: fromNow(deps.clock, error.retry.afterMs),
    });
    throw error;
  }
}

/** Leaves it to whoever enables the endpoint, or listens. */
async function hold(claimed: ClaimedDelivery, made: Attempt | undefined, deps: DeliverDeps): Promise<void> {
  const { deliveries, clock, log, metrics } = deps;
  const { id: deliveryId, endpointId, correlationId, wanted } = claimed;
  await deliveries.settle(claimed, made, { status: 'held' });
  metrics.count('DeliveriesHeld');
  log.info('delivery.held', { correlationId: correlationIdOfDelivery(claimed), deliveryId, endpointId });
  // Enabled meanwhile: whoever did it may have looked for held ones before this was one.
  const endpoint = await deps.endpointNow(endpointId);
  if (!endpoint || endpoint.disabled || endpoint.destination.kind === 'listener') return;
  const outcome = await deliveries.release(deliveryId, fromNow(clock));
  if (outcome === 'released')
    await deps.doorbell.ring([deliveryId], 0, { endpointId, correlationId, ...unlessWanted(wanted) });
}

async function skip(claimed: ClaimedDelivery, deps: DeliverDeps): Promise<void> {
  await deps.deliveries.settle(claimed, undefined, { status: 'skipped' });
  deps.metrics.count('DeliveriesSkipped');
  await wakeNext(claimed, deps);
}

async function attempt(
  unread: ClaimedDelivery,
  prepared: Prepared,
  deps: DeliverDeps,
): Promise<AttemptResult> {
  const { clock, log } = deps;
  const correlationId = correlationIdOf(prepared.version);
  const claimed = { ...unread, correlationId };
  const { id: deliveryId, endpointId, messageId, attemptNumber } = claimed;
  const startedAtMs = clock.nowMs();
  const trace = traceOf(correlationId, deliveryId, attemptNumber);
  const answer = await send(prepared, Math.floor(startedAtMs / 1_000), trace, deps);
  const { outcome, status, answer: text } = answer;
  const durationMs = clock.nowMs() - startedAtMs;
  const startedAt = instantOf(startedAtMs);
  const made: Attempt = { number: attemptNumber, startedAt, durationMs, outcome, status, answer: text };
  log.info('delivery.attempted', {
    correlationId,
    deliveryId,
    endpointId,
    messageId,
    attempt: attemptNumber,
    outcome,
    status,
    durationMs,
  });
  return conclude(claimed, made, answer, prepared, deps);
}

async function conclude(
  claimed: ClaimedDelivery,
  made: Attempt,
  answer: Answer,
  { endpoint: { ordering }, version }: Prepared,
  deps: DeliverDeps,
): Promise<AttemptResult> {
  const { deliveries, clock, random, metrics, timeScale } = deps;
  const { endpointId, attemptNumber } = claimed;
  if (made.outcome === 'delivered') {
    const settled = await deliveries.settle(claimed, made, { status: 'delivered' });
    if (settled === 'settled') tellLatency(claimed, made, version, deps);
    metrics.count('DeliveriesDelivered');
    if (ordering === 'per-record') await wakeNext(claimed, deps);
    return 'delivered';
  }
  if (made.outcome === 'gone') {
    await disableEndpoint(endpointId, 'answered 410 Gone', deps);
    await hold(claimed, made, deps);
    return 'failed';
  }
  const delayMs = nextDelayMs(attemptNumber, random.next(), retryAfterMs(answer.retryAfter, clock.nowMs()));
  if (delayMs === undefined) await giveUp(claimed, made, exhausted(claimed, made.outcome), deps);
  else await retry(claimed, made, delayMs * timeScale, deps);
  return 'failed';
}

/** From AWS's own event to the answer. A replay, a sample, and what reconcile found began at no event that could be waited for. */
function tellLatency(
  { replayed }: ClaimedDelivery,
  { startedAt, durationMs }: Attempt,
  { catalog, cause }: Version,
  { metrics }: DeliverDeps,
): void {
  if (replayed || catalog === testCatalog || isReconciled(cause.detailType)) return;
  const latencyMs = epochMsOf(startedAt) + durationMs - epochMsOf(cause.eventTime);
  metrics.level('DeliveryLatency', Math.max(0, latencyMs));
}

async function retry(
  claimed: ClaimedDelivery,
  made: Attempt,
  delayMs: number,
  { deliveries, doorbell, clock, metrics }: DeliverDeps,
): Promise<void> {
  const { id, endpointId, correlationId } = claimed;
  await deliveries.settle(claimed, made, { status: 'pending', dueAt: fromNow(clock, delayMs) });
  metrics.count('DeliveriesRetried');
  // What is due later than a queue can wait, `sweep` rings for.
  if (delayMs <= longestQueueDelayMs) await doorbell.ring([id], delayMs, { endpointId, correlationId });
}

/** Parked first: a crash in between parks twice, never not at all. */
async function giveUp(
  claimed: ClaimedDelivery,
  made: Attempt | undefined,
  error: ServiceError,
  deps: DeliverDeps,
): Promise<void> {
  const { code, reason } = reasonOf(error);
  const { id: deliveryId, endpointId } = claimed;
  const correlationId = correlationIdOfDelivery(claimed);
  await deps.parked.park(parkedDeliveryBody(deliveryId, claimed.correlationId), { code, reason });
  await deps.deliveries.settle(claimed, made, { status: 'exhausted', reason: code });
  deps.metrics.count('DeliveriesExhausted');
  deps.log.warn('delivery.parked', { correlationId, deliveryId, endpointId, code, reason });
  await wakeNext(claimed, deps);
}
