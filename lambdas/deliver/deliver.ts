import { type Attempt, retryAfterMs } from '../core/delivery.ts';
import { type DeliveryRing, parkedDeliveryBody, unlessWanted } from '../core/doorbell-body.ts';
import type { Endpoint } from '../core/endpoint.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { longestQueueDelayMs, nextDelayMs } from '../core/retry-schedule.ts';
import { reasonOf, ServiceError } from '../core/service-error.ts';
import type { ClaimedDelivery, DeliveryStore } from '../ports/delivery-store.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { Random } from '../ports/random.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Answer } from '../ports/webhook-transport.ts';
import type { ParkedQueue } from '../ports/work-queue.ts';
import { disableEndpoint } from './lane.ts';
import { exhausted, type Next, type Preparing, prepare } from './prepare.ts';
import { type Prepared, type Sending, send } from './send.ts';
import { type Turns, waitForTurn, wakeNext } from './turn.ts';

export interface Deliver extends Sending, Turns, Preparing {
  readonly deliveries: Pick<DeliveryStore, 'claim' | 'settle' | 'revive' | 'standing' | 'wake' | 'release'>;
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
export type Attempted = 'delivered' | 'failed' | undefined;

/**
 * Answers a ring: claims the delivery, sends the message, records the attempt, and finishes or sets the next due time.
 * A crash anywhere leaves a row that is due when the lease ends. A delivery that is not due, or somebody else's, is left alone.
 * @throws ServiceError `store.unavailable`, `queue.unavailable`, `secret.unavailable`, `endpoint.unreadable` (later).
 */
export async function deliver(
  ring: Pick<DeliveryRing, 'deliveryId' | 'revive'>,
  deps: Deliver,
): Promise<Attempted> {
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

function fromNow(clock: Deliver['clock'], inMs = 0): Instant {
  return instantOf(clock.nowMs() + inMs);
}

/** @returns an error where there is nothing to be sent, now or ever. */
async function prepareOrGiveBack(claimed: ClaimedDelivery, deps: Deliver): Promise<Next | ServiceError> {
  try {
    return await prepare(claimed, deps);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.retry.kind === 'never') return error;
    // No attempt was made, so none is spent: the number goes back.
    deps.metrics.count('DeliveriesPostponed');
    await deps.deliveries.settle(claimed, undefined, {
      status: 'pending',
      dueAt: fromNow(deps.clock, error.retry.afterMs),
    });
    throw error;
  }
}

/** Leaves it to whoever enables the endpoint, or listens. */
async function hold(claimed: ClaimedDelivery, made: Attempt | undefined, deps: Deliver): Promise<void> {
  const { deliveries, clock, log, metrics } = deps;
  const { id: deliveryId, endpointId, wanted } = claimed;
  await deliveries.settle(claimed, made, { status: 'held' });
  metrics.count('DeliveriesHeld');
  log.info('delivery.held', { deliveryId, endpointId });
  // Enabled meanwhile: whoever did it may have looked for held ones before this was one.
  const endpoint = await deps.endpointNow(endpointId);
  if (!endpoint || endpoint.disabled || endpoint.destination.kind === 'listener') return;
  const outcome = await deliveries.release(deliveryId, fromNow(clock));
  if (outcome === 'released')
    await deps.doorbell.ring([deliveryId], 0, { endpointId, ...unlessWanted(wanted) });
}

async function skip(claimed: ClaimedDelivery, deps: Deliver): Promise<void> {
  await deps.deliveries.settle(claimed, undefined, { status: 'skipped' });
  deps.metrics.count('DeliveriesSkipped');
  await wakeNext(claimed, deps);
}

async function attempt(claimed: ClaimedDelivery, prepared: Prepared, deps: Deliver): Promise<Attempted> {
  const { clock, log } = deps;
  const { id: deliveryId, endpointId, messageId, attemptNumber } = claimed;
  const startedAtMs = clock.nowMs();
  const answer = await send(prepared, Math.floor(startedAtMs / 1_000), deps);
  const { outcome, status, answer: text } = answer;
  const durationMs = clock.nowMs() - startedAtMs;
  const startedAt = instantOf(startedAtMs);
  const made: Attempt = { number: attemptNumber, startedAt, durationMs, outcome, status, answer: text };
  log.info('delivery.attempted', {
    deliveryId,
    endpointId,
    messageId,
    attempt: attemptNumber,
    outcome,
    status,
    durationMs,
  });
  return conclude(claimed, made, answer, prepared.endpoint, deps);
}

async function conclude(
  claimed: ClaimedDelivery,
  made: Attempt,
  answer: Answer,
  { ordering }: Endpoint,
  deps: Deliver,
): Promise<Attempted> {
  const { deliveries, clock, random, metrics, timeScale } = deps;
  const { endpointId, attemptNumber } = claimed;
  if (made.outcome === 'delivered') {
    await deliveries.settle(claimed, made, { status: 'delivered' });
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

async function retry(
  claimed: ClaimedDelivery,
  made: Attempt,
  delayMs: number,
  { deliveries, doorbell, clock, metrics }: Deliver,
): Promise<void> {
  const { id, endpointId } = claimed;
  await deliveries.settle(claimed, made, { status: 'pending', dueAt: fromNow(clock, delayMs) });
  metrics.count('DeliveriesRetried');
  // What is due later than a queue can wait, `sweep` rings for.
  if (delayMs <= longestQueueDelayMs) await doorbell.ring([id], delayMs, { endpointId });
}

/** Parked first: a crash in between parks twice, never not at all. */
async function giveUp(
  claimed: ClaimedDelivery,
  made: Attempt | undefined,
  error: ServiceError,
  deps: Deliver,
): Promise<void> {
  const { code, reason } = reasonOf(error);
  await deps.parked.park(parkedDeliveryBody(claimed.id), { code, reason });
  await deps.deliveries.settle(claimed, made, { status: 'exhausted', reason: code });
  deps.metrics.count('DeliveriesExhausted');
  deps.log.warn('delivery.parked', { deliveryId: claimed.id, endpointId: claimed.endpointId, code, reason });
  await wakeNext(claimed, deps);
}
