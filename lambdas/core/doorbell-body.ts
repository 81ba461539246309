import type { CorrelationId } from './correlation.ts';
import type { Delivery } from './delivery.ts';
import {
  type DeliveryId,
  deliveryIdOf,
  type EndpointId,
  isDeliveryId,
  isEndpointId,
  isMessageId,
} from './ids.ts';
import { parseInstant } from './instant.ts';
import { type IntentRef, isIntentRef } from './intent.ts';
import { at, isJsonArray, type Json, textAt } from './json.ts';
import { stringifyJson } from './json-text.ts';
import { parseRecordPath, recordPath, type VersionRef } from './record.ts';
import { ServiceError } from './service-error.ts';

/** Optional parts of a doorbell message of `deliver`. They save reads. */
export interface DoorbellDetails {
  readonly endpointId?: EndpointId | undefined;
  readonly correlationId?: CorrelationId | undefined;
  /** How often in a row the delivery found no free slot. */
  readonly timesRefused?: number | undefined;
  /**
   * False if nothing is to be sent: the delivery only keeps the order. Left out of the message if
   * true.
   */
  readonly wanted?: boolean | undefined;
  /**
   * Set if the delivery has no row yet. A release that does not know of it finds no row and does
   * nothing: `sweep` then signals the intent of the version.
   */
  readonly first?: FirstDoorbell | undefined;
}

/** What makes a delivery and its first attempt without a row. */
export interface FirstDoorbell {
  readonly delivery: Delivery;
  /** The intent of the version stays until no recipient is in its first attempt. */
  readonly intent: IntentRef;
  /** Deliveries of the same version to the other endpoints that have no row yet either. */
  readonly others: readonly DeliveryId[];
}

/** A doorbell message of `deliver`: this delivery may be due. */
export interface DeliveryDoorbellMessage extends DoorbellDetails {
  readonly deliveryId: DeliveryId;
  /** True in parked messages: a redrive makes the exhausted delivery pending again. */
  readonly revive: boolean;
}

export function deliveryDoorbellBody(
  deliveryId: DeliveryId,
  { endpointId, correlationId, timesRefused, wanted, first }: DoorbellDetails = {},
): string {
  const details = { endpointId, correlationId, timesRefused, ...ifUnwanted(wanted) };
  return stringifyJson({ deliveryId, ...details, ...(first && { first: firstBody(first) }) });
}

function firstBody({ delivery, intent, others }: FirstDoorbell) {
  const { messageId, previousMessageId, version } = delivery;
  const ids = { messageId, previousMessageId, others };
  return { record: recordPath(version), version: version.version, intentDueAt: intent.dueAt, ...ids };
}

function ifUnwanted(wanted: boolean | undefined): { readonly wanted?: false } {
  return wanted === false ? { wanted } : {};
}

export function parkedDeliveryBody(deliveryId: DeliveryId, correlationId?: CorrelationId): string {
  return stringifyJson({ deliveryId, correlationId, revive: true });
}

/** @throws ServiceError `doorbell.malformed` (never). */
export function parseDeliveryDoorbell(body: Json): DeliveryDoorbellMessage {
  const deliveryId = at(body, 'deliveryId');
  if (!isDeliveryId(deliveryId)) throw malformed('/deliveryId', 'dlv_ and 32 hexadecimal digits');
  const endpointId = at(body, 'endpointId');
  const correlationId = textAt(body, 'correlationId');
  const timesRefused = at(body, 'timesRefused');
  return {
    deliveryId,
    revive: at(body, 'revive') === true,
    // Invalid details are ignored: the endpoint is then read, and the count starts at 0.
    ...(isEndpointId(endpointId) && { endpointId }),
    ...(correlationId !== undefined && { correlationId }),
    ...(at(body, 'wanted') === false && { wanted: false }),
    ...(typeof timesRefused === 'number' && timesRefused > 0 && { timesRefused }),
    ...ifFirst(parseFirst(deliveryId, body)),
  };
}

function ifFirst(first: FirstDoorbell | undefined): Pick<DoorbellDetails, 'first'> {
  return first ? { first } : {};
}

/** Returns undefined if anything is invalid: the intent is then signalled. */
function parseFirst(id: DeliveryId, body: Json): FirstDoorbell | undefined {
  const endpointId = at(body, 'endpointId');
  const messageId = at(body, 'first', 'messageId');
  const previousMessageId = at(body, 'first', 'previousMessageId');
  const key = parseRecordPath(textAt(body, 'first', 'record') ?? '');
  const number = at(body, 'first', 'version');
  const dueAt = parseInstant(at(body, 'first', 'intentDueAt'));
  const others = at(body, 'first', 'others');
  if (!key || !dueAt || !isVersionNumber(number) || !isMessageId(messageId) || !isEndpointId(endpointId))
    return undefined;
  if (deliveryIdOf(messageId, endpointId) !== id || !isJsonArray(others)) return undefined;
  const version = { ...key, version: number };
  const delivery = {
    id,
    messageId,
    ...(isMessageId(previousMessageId) && { previousMessageId }),
    endpointId,
    version,
    correlationId: textAt(body, 'correlationId'),
    wanted: true,
  };
  return { delivery, intent: { ...version, messageId, dueAt }, others: others.filter(isDeliveryId) };
}

function isVersionNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

/** A release that does not know of intents reads the version alone. */
export function fanOutDoorbellBody(ref: VersionRef | IntentRef): string {
  const intent = isIntentRef(ref) ? { messageId: ref.messageId, dueAt: ref.dueAt } : {};
  return stringifyJson({ record: recordPath(ref), version: ref.version, ...intent });
}

/** @throws ServiceError `doorbell.malformed` (never). */
export function parseFanOutDoorbell(body: Json): VersionRef | IntentRef {
  const record = at(body, 'record');
  const key = typeof record === 'string' ? parseRecordPath(record) : undefined;
  if (!key) throw malformed('/record', '<catalog>/<kind>/<id>');
  const version = at(body, 'version');
  if (!isVersionNumber(version)) throw malformed('/version', 'a whole number from 1');
  const messageId = at(body, 'messageId');
  const dueAt = parseInstant(at(body, 'dueAt'));
  return isMessageId(messageId) && dueAt ? { ...key, version, messageId, dueAt } : { ...key, version };
}

function malformed(path: string, expected: string): ServiceError<'doorbell.malformed'> {
  return new ServiceError('doorbell.malformed', { path, expected });
}
