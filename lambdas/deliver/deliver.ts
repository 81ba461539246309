import { type Attempt, retryAfterMs } from '../core/delivery.ts';
import { type DeliveryRing, parkedDeliveryBody } from '../core/doorbell-body.ts';
import type { Endpoint } from '../core/endpoint.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { messageOf } from '../core/message.ts';
import { recordPath } from '../core/record.ts';
import { deliverySchedule, longestQueueDelayMs, nextDelayMs } from '../core/retry-schedule.ts';
import { never, reasonOf, ServiceError } from '../core/service-error.ts';
import { type SigningSecret, signedHeaders } from '../core/signature.ts';
import type { Version } from '../core/version.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimedDelivery, DeliveryStore } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell } from '../ports/doorbell.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Random } from '../ports/random.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import type { Answer, WebhookTransport } from '../ports/webhook-transport.ts';
import type { ParkedQueue } from '../ports/work-queue.ts';
import type { DeliverMetric } from './contract.ts';

export interface Deliver {
  readonly deliveries: Pick<DeliveryStore, 'claim' | 'settle' | 'revive'>;
  readonly endpoints: Pick<EndpointStore, 'find' | 'disable'>;
  readonly records: Pick<RecordStore, 'version'>;
  readonly secrets: SecretStore;
  readonly transport: WebhookTransport;
  readonly doorbell: DeliveryDoorbell;
  readonly parked: ParkedQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics<DeliverMetric>;
  /** How long a claim keeps others away, milliseconds: as long as the function can run, so that it cannot be outlived. */
  readonly leaseMs: number;
  /** Factor on the waits of the schedule, see TIME_SCALE. */
  readonly timeScale: number;
}

/** What a POST is made of. */
interface Prepared {
  readonly endpoint: Endpoint;
  readonly version: Version;
  readonly secrets: readonly SigningSecret[];
}

/**
 * Answers a ring: claims the delivery, POSTs the message, records the attempt, and finishes or sets the next due time.
 * A crash anywhere leaves a row that is due when the lease ends. A delivery that is not due, or somebody else's, is left alone.
 * @throws ServiceError `store.unavailable`, `queue.unavailable`, `secret.unavailable`, `endpoint.unreadable` (later).
 */
export async function deliver(ring: DeliveryRing, deps: Deliver): Promise<void> {
  const { deliveries, clock } = deps;
  if (ring.revive) await deliveries.revive(ring.deliveryId, fromNow(clock));
  const claimed = await deliveries.claim(ring.deliveryId, fromNow(clock), fromNow(clock, deps.leaseMs));
  if (!claimed) return;
  const prepared = await prepareOrGiveBack(claimed, deps);
  if (prepared instanceof ServiceError) return giveUp(claimed, undefined, prepared, deps);
  const { attempt, answer } = await post(claimed, prepared, deps);
  await conclude(claimed, attempt, answer, deps);
}

function fromNow(clock: Clock, inMs = 0): Instant {
  return instantOf(clock.nowMs() + inMs);
}

/** The first attempt and one for each wait of the schedule. */
const mostAttempts = deliverySchedule.length + 1;

/** @returns an error where there is nothing to be sent, now or ever. */
async function prepareOrGiveBack(claimed: ClaimedDelivery, deps: Deliver): Promise<Prepared | ServiceError> {
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

async function prepare(
  claimed: ClaimedDelivery,
  { endpoints, records, secrets }: Deliver,
): Promise<Prepared> {
  const { id: deliveryId, endpointId, version: ref } = claimed;
  // A worker that dies with its attempt has spent it: what kills every worker ends here.
  if (claimed.attemptNumber > mostAttempts) throw exhausted(claimed, 'interrupted');
  const endpoint = await endpoints.find(endpointId);
  if (!endpoint || endpoint.disabled)
    throw new ServiceError('endpoint.disabled', { endpointId, deliveryId }, { retry: never });
  const version = await records.version(ref);
  if (!version)
    throw new ServiceError(
      'version.missing',
      { record: recordPath(ref), version: ref.version },
      { retry: never },
    );
  return { endpoint, version, secrets: await secrets.signingSecrets(endpoint) };
}

function exhausted(
  { endpointId, id: deliveryId }: ClaimedDelivery,
  lastOutcome: string,
): ServiceError<'delivery.exhausted'> {
  return new ServiceError('delivery.exhausted', { endpointId, deliveryId, lastOutcome }, { retry: never });
}

async function post(
  { attemptNumber }: ClaimedDelivery,
  { endpoint, version, secrets }: Prepared,
  { clock, transport }: Deliver,
): Promise<{ attempt: Attempt; answer: Answer }> {
  const { id, body } = messageOf(version);
  const startedAtMs = clock.nowMs();
  const signed = signedHeaders(secrets, id, Math.floor(startedAtMs / 1_000), body);
  const answer = await transport.post(endpoint.url, { 'content-type': 'application/json', ...signed }, body);
  const { outcome, status, answer: text } = answer;
  const durationMs = clock.nowMs() - startedAtMs;
  return {
    attempt: {
      number: attemptNumber,
      startedAt: instantOf(startedAtMs),
      durationMs,
      outcome,
      status,
      answer: text,
    },
    answer,
  };
}

async function conclude(
  claimed: ClaimedDelivery,
  attempt: Attempt,
  answer: Answer,
  deps: Deliver,
): Promise<void> {
  const { deliveries, endpoints, clock, random, log, metrics, timeScale } = deps;
  const { id: deliveryId, endpointId, messageId, attemptNumber } = claimed;
  const { outcome, status, durationMs } = attempt;
  log.info('delivery.attempted', {
    deliveryId,
    endpointId,
    messageId,
    attempt: attemptNumber,
    outcome,
    status,
    durationMs,
  });
  if (outcome === 'delivered') {
    await deliveries.settle(claimed, attempt, { status: 'delivered' });
    return metrics.count('DeliveriesDelivered');
  }
  if (outcome === 'gone') {
    await endpoints.disable(endpointId, 'answered 410 Gone', fromNow(clock));
    metrics.count('EndpointsDisabled');
    log.warn('endpoint.disabled', { endpointId, reason: 'answered 410 Gone' });
    return giveUp(claimed, attempt, exhausted(claimed, outcome), deps);
  }
  const delayMs = nextDelayMs(attemptNumber, random.next(), retryAfterMs(answer.retryAfter, clock.nowMs()));
  if (delayMs === undefined) return giveUp(claimed, attempt, exhausted(claimed, outcome), deps);
  await retry(claimed, attempt, delayMs * timeScale, deps);
}

async function retry(
  claimed: ClaimedDelivery,
  attempt: Attempt,
  delayMs: number,
  { deliveries, doorbell, clock, metrics }: Deliver,
): Promise<void> {
  await deliveries.settle(claimed, attempt, { status: 'pending', dueAt: fromNow(clock, delayMs) });
  metrics.count('DeliveriesRetried');
  // What is due later than a queue can wait, `sweep` rings for.
  if (delayMs <= longestQueueDelayMs) await doorbell.ring([claimed.id], delayMs);
}

/** Parked first: a crash in between parks twice, never not at all. */
async function giveUp(
  claimed: ClaimedDelivery,
  attempt: Attempt | undefined,
  error: ServiceError,
  deps: Deliver,
): Promise<void> {
  const { code, reason } = reasonOf(error);
  await deps.parked.park(parkedDeliveryBody(claimed.id), { code, reason });
  await deps.deliveries.settle(claimed, attempt, { status: 'exhausted', reason: code });
  deps.metrics.count('DeliveriesExhausted');
  deps.log.warn('delivery.parked', { deliveryId: claimed.id, endpointId: claimed.endpointId, code, reason });
}
