import type { CorrelationId } from './correlation.ts';
import { type DeliveryId, type EndpointId, isDeliveryId, isEndpointId, isMessageId } from './ids.ts';
import { parseInstant } from './instant.ts';
import { type IntentRef, isIntentRef } from './intent.ts';
import { at, type Json, textAt } from './json.ts';
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
}

/** A doorbell message of `deliver`: this delivery may be due. */
export interface DeliveryDoorbellMessage extends DoorbellDetails {
  readonly deliveryId: DeliveryId;
  /** True in parked messages: a redrive makes the exhausted delivery pending again. */
  readonly revive: boolean;
}

export function deliveryDoorbellBody(
  deliveryId: DeliveryId,
  { endpointId, correlationId, timesRefused, wanted }: DoorbellDetails = {},
): string {
  return stringifyJson({ deliveryId, endpointId, correlationId, timesRefused, ...ifUnwanted(wanted) });
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
  };
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
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1)
    throw malformed('/version', 'a whole number from 1');
  const messageId = at(body, 'messageId');
  const dueAt = parseInstant(at(body, 'dueAt'));
  return isMessageId(messageId) && dueAt ? { ...key, version, messageId, dueAt } : { ...key, version };
}

function malformed(path: string, expected: string): ServiceError<'doorbell.malformed'> {
  return new ServiceError('doorbell.malformed', { path, expected });
}
