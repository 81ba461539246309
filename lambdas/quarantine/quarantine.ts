import { messageIdsIn } from '../core/correlation.ts';
import { instantOf } from '../core/instant.ts';
import { parseJsonText } from '../core/json-text.ts';
import {
  type PartnerEvent,
  parsePartnerEvent,
  type UnhandledEvent,
  unhandledError,
} from '../core/partner-event.ts';
import { reasonOf, ServiceError } from '../core/service-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Sightings } from '../ports/sightings.ts';
import type { ParkedQueue, QueuedMessage } from '../ports/work-queue.ts';
import type { QuarantineMetric } from './contract.ts';

export interface QuarantineDeps {
  /** Events that a later release may read. */
  readonly kept: ParkedQueue;
  /** What is not an event. */
  readonly parked: ParkedQueue;
  readonly sightings: Pick<Sightings, 'recordDetailType'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<QuarantineMetric>;
}

/**
 * Keeps an event that no other function handles, unchanged and with its reason: AWS added a
 * detail-type or a catalog. A later release that handles it can redrive it. A malformed event is
 * parked. A new detail-type is reported once, so the alarm is not raised again for each of its
 * events.
 * @throws ServiceError `queue.unavailable`, `store.unavailable` (later).
 */
export async function quarantine(message: QueuedMessage, deps: QuarantineDeps): Promise<void> {
  const { kept, parked, log, metrics } = deps;
  const { error, event } = classify(message.body);
  const { code, reason } = reasonOf(error);
  if (code === 'event.unhandled') {
    await kept.park(message.body, { code, reason });
    metrics.count('EventsQuarantined');
  } else {
    await parked.park(message.body, { code, reason });
    metrics.count('EventsParked');
  }
  const { correlationId, messageId } = messageIdsIn(message);
  log.warn('event.parked', { correlationId, messageId, code, reason });
  // An event of a known detail-type is here because of its catalog.
  if (event && !event.key) await reportIfNew(event, deps);
}

async function reportIfNew(
  { detailType, eventId }: UnhandledEvent,
  { sightings, clock, log, metrics }: QuarantineDeps,
): Promise<void> {
  const sighting = await sightings.recordDetailType(detailType, instantOf(clock.nowMs()));
  if (sighting === 'known') return;
  metrics.count('DetailTypesDiscovered');
  log.warn('detail-type.discovered', { correlationId: eventId, detailType });
}

/** The reason to park this body, and the event if the body is one. */
function classify(body: string): {
  readonly error: ServiceError;
  readonly event?: PartnerEvent | UnhandledEvent;
} {
  try {
    const event = parsePartnerEvent(parseJsonText(body));
    return { error: unhandledError(event), event };
  } catch (error) {
    if (error instanceof ServiceError) return { error };
    throw error;
  }
}
