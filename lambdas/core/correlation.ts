import { isDeliveryId, type MessageId } from './ids.ts';
import { at, textAt } from './json.ts';
import { tryParseJson } from './json-text.ts';
import { parseRecordPath } from './record.ts';
import type { Version } from './version.ts';

/**
 * The id that all work caused by one event shares, from the bus to the webhook: EventBridge's id of
 * the event, or of the first event if one read answered several. For `reconcile` it is the id of
 * the run, for a test message the message id.
 */
export type CorrelationId = string;

export function correlationIdOf(version: Pick<Version, 'cause' | 'messageId'>): CorrelationId {
  const [first] = version.cause.eventIds;
  return first !== undefined && looksLikeId.test(first) ? first : version.messageId;
}

/** A delivery that a replay added has none: its message id is used instead. */
export function correlationIdOfDelivery(delivery: {
  readonly correlationId?: CorrelationId | undefined;
  readonly messageId: MessageId;
}): CorrelationId {
  return delivery.correlationId ?? delivery.messageId;
}

/** The ids in a queue message. They may be logged, the rest of the message may not. */
export interface MessageIds {
  /** The id of the message itself if its body has none. */
  readonly correlationId: CorrelationId;
  readonly messageId: string;
  readonly deliveryId?: string;
  readonly record?: string;
  readonly version?: number;
}

/** Returns the ids in an event or a doorbell message, which may be malformed. */
export function messageIdsIn({
  messageId,
  body: text,
}: {
  readonly messageId: string;
  readonly body: string;
}): MessageIds {
  const body = tryParseJson(text);
  const deliveryId = at(body, 'deliveryId');
  const record = textAt(body, 'record');
  const version = at(body, 'version');
  const ids = [textAt(body, 'correlationId'), textAt(body, 'id')];
  return {
    messageId,
    correlationId: ids.find((id) => id !== undefined && looksLikeId.test(id)) ?? messageId,
    ...(isDeliveryId(deliveryId) && { deliveryId }),
    ...(record !== undefined && isRecordPath(record) && { record }),
    ...(Number.isSafeInteger(version) && { version: Number(version) }),
  };
}

function isRecordPath(text: string): boolean {
  return text.split('/').every((part) => looksLikeId.test(part)) && parseRecordPath(text) !== undefined;
}

/** Any other text could be anything and is not logged. */
const looksLikeId = /^[\w-]{1,64}$/;
