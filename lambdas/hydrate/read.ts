import { longestLagMs } from '../core/freshness.ts';
import { epochMsOf } from '../core/instant.ts';
import type { PartnerEvent } from '../core/partner-event.ts';
import { laterAfter, never, ServiceError } from '../core/service-error.ts';
import type { Refusal } from '../records/read-or-refusal.ts';
import type { StoreResult } from '../records/store-observation.ts';
import { isFresh } from './events.ts';
import type { HydrateDeps } from './hydrate-deps.ts';

/** Wait before reading again for a fresh event that the read does not reflect yet. */
export const lookAgainMs = 3_000;

/**
 * A new record cannot be found for some seconds: `not-found` is retried while an event is fresh.
 * @param creations the events that may arrive before the record can be read.
 * @returns the refusal with its retry decision.
 */
export function retryIfFresh(
  refusal: Refusal,
  creations: readonly PartnerEvent[],
  deps: HydrateDeps,
): ServiceError {
  const isEarly = refusal.code === 'partner-central.not-found' && isFresh(creations, deps);
  return new ServiceError(refusal.code, refusal.details, {
    retry: isEarly ? laterAfter(lookAgainMs) : never,
    cause: refusal,
  });
}

/** The first read for an uncertain state follows after a hundredth of the longest lag: 3 s. */
const firstLookPart = 0.01;
/** Each wait is three times as long as what has passed, so that few reads are made. */
const lookFactor = 3;

/**
 * Returns the retry of events whose record is uncertain, or undefined if it is certain. Reads again
 * about 3, 12, 48, 192 and 300 seconds after the reads that disagreed: a lag is mostly over soon.
 * Without a limit of retries: a read that began at `certainFrom` or later ends the doubt.
 */
export function lookAgainIfUncertain(
  operation: string,
  { certainFrom }: Pick<StoreResult, 'certainFrom'>,
  { clock, lagMs = longestLagMs }: Pick<HydrateDeps, 'clock' | 'lagMs'>,
): ServiceError<'partner-central.behind'> | undefined {
  if (!certainFrom) return undefined;
  const restMs = Math.max(epochMsOf(certainFrom) - clock.nowMs(), 0);
  const afterMs = Math.min(Math.max(firstLookPart * lagMs, lookFactor * (lagMs - restMs)), restMs);
  const retry = { kind: 'later', afterMs, isExact: true } as const;
  return new ServiceError('partner-central.behind', { operation, certainFrom }, { retry });
}

/** The read returned a state from before the event. */
export function behindError(operation: string): ServiceError {
  return new ServiceError('partner-central.behind', { operation });
}
