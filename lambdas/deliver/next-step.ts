import type { Endpoint, ListenerDestination } from '../core/endpoint.ts';
import type { DeliveryId } from '../core/ids.ts';
import { addMs, type Instant } from '../core/instant.ts';
import { deliverySchedule } from '../core/retry-schedule.ts';
import { ServiceError } from '../core/service-error.ts';
import type { ClaimedDelivery, DeliveryState } from '../ports/delivery-store.ts';

/**
 * An endpoint that the relay sends messages to. Messages of a listener are fetched by `pcr listen`.
 */
export interface SendingEndpoint extends Endpoint {
  readonly destination: Exclude<Endpoint['destination'], ListenerDestination>;
}

/** The delivery of the previous version of the record to the same endpoint. */
export interface Predecessor {
  readonly id: DeliveryId;
  /** `not-fanned-out`: the row does not exist yet, because its version still is in the outbox. */
  readonly state: DeliveryState | 'not-fanned-out';
}

/** What a worker does with a delivery that it has claimed. */
export type NextStep =
  | { readonly step: 'send'; readonly endpoint: SendingEndpoint }
  | { readonly step: 'wait'; readonly predecessor: Predecessor; readonly dueAt: Instant }
  | { readonly step: 'hold' }
  | { readonly step: 'skip' }
  | { readonly step: 'give-up'; readonly error: ServiceError };

/** The first attempt, and one for each wait of the schedule. */
export const mostAttempts = deliverySchedule.length + 1;

/**
 * A waiting delivery is due this long after its predecessor, so that the predecessor goes first.
 */
const behindPredecessorMs = 1_000;
/** How long the fan-out of the previous version usually takes. */
export const fanOutWaitMs = 3_000;

/**
 * Decides what to do with a claimed delivery.
 * @param predecessor undefined if the endpoint does not ask for order, or if there is no such
 * delivery
 */
export function nextStep(
  claimed: ClaimedDelivery,
  endpoint: Endpoint | undefined,
  predecessor: Predecessor | undefined,
  now: Instant,
): NextStep {
  const { id: deliveryId, endpointId, attemptNumber, wanted } = claimed;
  if (!endpoint) {
    const error = new ServiceError('endpoint.missing', { endpointId, deliveryId });
    return { step: 'give-up', error };
  }
  if (!canSendTo(endpoint)) return { step: 'hold' };
  // A worker that crashes has spent its attempt. A delivery that crashes every worker ends here.
  if (attemptNumber > mostAttempts) return { step: 'give-up', error: exhausted(claimed, 'interrupted') };
  if (predecessor && !isFinished(predecessor)) {
    const dueAt = dueBehind(predecessor, now);
    return { step: 'wait', predecessor, dueAt };
  }
  return wanted === false ? { step: 'skip' } : { step: 'send', endpoint };
}

export function canSendTo(endpoint: Endpoint): endpoint is SendingEndpoint {
  return !endpoint.disabled && endpoint.destination.kind !== 'listener';
}

function isFinished({ state }: Predecessor): boolean {
  return state !== 'not-fanned-out' && hasEnded(state);
}

export function hasEnded({ status }: DeliveryState): boolean {
  return status !== 'pending' && status !== 'held';
}

/** A held predecessor has no due time: when it ends, it wakes this delivery. */
function dueBehind({ state }: Predecessor, now: Instant): Instant {
  if (state === 'not-fanned-out') return addMs(now, fanOutWaitMs);
  const { dueAt = now } = state;
  return addMs(dueAt > now ? dueAt : now, behindPredecessorMs);
}

export function exhausted(
  { endpointId, id: deliveryId }: ClaimedDelivery,
  lastOutcome: string,
): ServiceError<'delivery.exhausted'> {
  return new ServiceError('delivery.exhausted', { endpointId, deliveryId, lastOutcome });
}
