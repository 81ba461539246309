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

export interface Quarantine {
  readonly queue: ParkedQueue;
  readonly sightings: Pick<Sightings, 'isNewDetailType'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<QuarantineMetric>;
}

/**
 * Keeps an event that nothing here reads, as it came: a detail-type or a catalog that AWS added, or an event that is
 * malformed. It is parked with what it is, counted, and can be moved to the queue of a release that reads it.
 * A detail-type that was never seen before is told of once: the alarm is for what is new, not for each event of it.
 * @throws ServiceError `queue.unavailable`, `store.unavailable` (later).
 */
export async function quarantine(message: QueuedMessage, deps: Quarantine): Promise<void> {
  const { queue, log, metrics } = deps;
  const { error, event } = readIn(message.body);
  const { code, reason } = reasonOf(error);
  await queue.park(message.body, { code, reason });
  metrics.count(code === 'event.unhandled' ? 'EventsQuarantined' : 'EventsParked');
  const { correlationId, messageId } = messageIdsIn(message);
  log.warn('event.parked', { correlationId, messageId, code, reason });
  // A type that is read elsewhere is here for its catalog, and is nothing new.
  if (event && !event.key) await tellIfNew(event, deps);
}

async function tellIfNew(
  { detailType, eventId }: UnhandledEvent,
  { sightings, clock, log, metrics }: Quarantine,
): Promise<void> {
  if (!(await sightings.isNewDetailType(detailType, instantOf(clock.nowMs())))) return;
  metrics.count('DetailTypesDiscovered');
  log.warn('detail-type.discovered', { correlationId: eventId, detailType });
}

function readIn(body: string): {
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
