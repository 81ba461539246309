import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { messageIdsIn } from '../core/correlation.ts';
import type { Json } from '../core/json.ts';
import { parseJsonText } from '../core/json-text.ts';
import { errorName, reasonOf, ServiceError } from '../core/service-error.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { ParkedQueue, QueuedMessage } from '../ports/work-queue.ts';

/** Runs `work` on every message, all at once; those that throw are received again, and parked by the queue in the end. */
export async function eachMessage(
  event: SQSEvent,
  log: Log,
  work: (message: QueuedMessage) => Promise<void>,
): Promise<SQSBatchResponse> {
  const one = async (record: SQSRecord): Promise<void> => {
    try {
      await work(queuedMessage(record));
    } catch (error) {
      log.error('message.failed', {
        ...messageIdsIn(record),
        error: error instanceof ServiceError ? error.code : errorName(error),
      });
      throw error;
    }
  };
  return processPartialResponse(event, one, new BatchProcessor(EventType.SQS), {
    throwOnFullBatchFailure: false,
  });
}

export function queuedMessage({ messageId, body, messageAttributes }: SQSRecord): QueuedMessage {
  const count = Number(messageAttributes['timesSentAgain']?.stringValue ?? 0);
  return { messageId, body, timesSentAgain: Number.isSafeInteger(count) && count > 0 ? count : 0 };
}

/** The rings of a batch that can be read: for those who answer them together. `eachRing` deals with the others. */
export function ringsIn<Ring>(event: SQSEvent, parse: (body: Json) => Ring): readonly Ring[] {
  return event.Records.flatMap(({ body }) => {
    try {
      return [parse(parseJsonText(body))];
    } catch (error) {
      if (error instanceof ServiceError) return [];
      throw error;
    }
  });
}

export interface Ringing {
  readonly log: Log;
  readonly parked: ParkedQueue;
  readonly metrics: Metrics<'DoorbellsParked'>;
}

/**
 * Answers every ring of a doorbell queue. A failure that may pass is acknowledged: the row is still due, and `sweep` rings
 * again. A ring that can never be answered is parked.
 * @param isAllThereIs of a ring without which nobody would know of the work: the queue keeps it until it is answered
 */
export function eachRing<Ring>(
  event: SQSEvent,
  { log, parked, metrics }: Ringing,
  parse: (body: Json) => Ring,
  answer: (ring: Ring) => Promise<void>,
  isAllThereIs: (ring: Ring) => boolean = () => false,
): Promise<SQSBatchResponse> {
  return eachMessage(event, log, async (message) => {
    const { body } = message;
    let isKept = false;
    try {
      const ring = parse(parseJsonText(body));
      isKept = isAllThereIs(ring);
      await answer(ring);
    } catch (error) {
      if (!(error instanceof ServiceError) || (isKept && error.retry.kind === 'later')) throw error;
      const { code, reason } = reasonOf(error);
      if (error.retry.kind === 'later')
        return log.warn('message.postponed', { ...messageIdsIn(message), code, reason });
      await parked.park(body, { code, reason });
      metrics.count('DoorbellsParked');
      log.warn('message.parked', { ...messageIdsIn(message), code, reason });
    }
  });
}
