import { isDeliveryId, type MessageId, messageIdOf } from './ids.ts';
import { at, textAt } from './json.ts';
import { tryParseJson } from './json-text.ts';
import { parseRecordPath, type VersionRef } from './record.ts';
import type { Version } from './version.ts';

/**
 * What is common to all that one event led to, from the bus to the webhook: EventBridge's id of that event, of the first where
 * several were answered together. Of what `reconcile` found its run; of a sample, which nothing led to, its message.
 */
export type CorrelationId = string;

export function correlationIdOf(version: VersionRef & Pick<Version, 'cause'>): CorrelationId {
  const [first] = version.cause.eventIds;
  return first !== undefined && looksLikeId.test(first) ? first : messageIdOf(version);
}

/** A delivery that a replay added does not say: until its version is read its message stands for it. */
export function correlationIdOfDelivery(delivery: {
  readonly correlationId?: CorrelationId | undefined;
  readonly messageId: MessageId;
}): CorrelationId {
  return delivery.correlationId ?? delivery.messageId;
}

/** What may be told of the message of a queue: ids alone, whatever else it holds. */
export interface MessageIds {
  /** Of a message that names nothing that led to it: its own id. */
  readonly correlationId: CorrelationId;
  readonly messageId: string;
  readonly deliveryId?: string;
  readonly record?: string;
  readonly version?: number;
}

/** Of an event or a ring, which may be malformed. */
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

/** Anything else in its place may be anything. */
const looksLikeId = /^[\w-]{1,64}$/;
