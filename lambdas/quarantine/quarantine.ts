import { parseJsonText } from '../core/json-text.ts';
import { parsePartnerEvent, unhandled } from '../core/partner-event.ts';
import { reasonOf, ServiceError } from '../core/service-error.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { ParkedQueue, QueuedMessage } from '../ports/work-queue.ts';
import type { QuarantineMetric } from './contract.ts';

export interface Quarantine {
  readonly queue: ParkedQueue;
  readonly log: Log;
  readonly metrics: Metrics<QuarantineMetric>;
}

/**
 * Keeps an event that nothing here reads, as it came: a detail-type or a catalog that AWS added, or an event that is
 * malformed. It is parked with what it is, counted, and can be redriven once a newer release reads it.
 * @throws ServiceError `queue.unavailable` (later).
 */
export async function quarantine(message: QueuedMessage, { queue, log, metrics }: Quarantine): Promise<void> {
  const { code, reason } = reasonOf(errorIn(message.body));
  await queue.park(message.body, { code, reason });
  metrics.count(code === 'event.unhandled' ? 'EventsQuarantined' : 'EventsParked');
  log.warn('event.parked', { messageId: message.messageId, code, reason });
}

function errorIn(body: string): ServiceError {
  try {
    return unhandled(parsePartnerEvent(parseJsonText(body)));
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}
