import type { CorrelationId } from './correlation.ts';
import { type DeliveryId, type EndpointId, isDeliveryId, isEndpointId } from './ids.ts';
import { at, type Json, textAt } from './json.ts';
import { parseRecordPath, recordPath, type VersionRef } from './record.ts';
import { never, ServiceError } from './service-error.ts';

/** What a ring may say besides the delivery, to save a reading. */
export interface DoorbellDetails {
  readonly endpointId?: EndpointId | undefined;
  readonly correlationId?: CorrelationId | undefined;
  /** How often in a row there was no lane for it. */
  readonly timesRefused?: number | undefined;
  /** Set where nothing is to be sent: it only has to end in its turn. */
  readonly wanted?: false | undefined;
}

/** What a ring for such a delivery says of it. */
export function unlessWanted(wanted: boolean): Pick<DoorbellDetails, 'wanted'> {
  return wanted ? {} : { wanted };
}

/** What a ring at `deliver` says. */
export interface DeliveryDoorbellMessage extends DoorbellDetails {
  readonly deliveryId: DeliveryId;
  /** Set in parked rings: to redrive one is to make the exhausted delivery pending again. */
  readonly revive: boolean;
}

export function deliveryDoorbellBody(
  deliveryId: DeliveryId,
  { endpointId, correlationId, timesRefused, wanted }: DoorbellDetails = {},
): string {
  return JSON.stringify({ deliveryId, endpointId, correlationId, timesRefused, wanted });
}

export function parkedDeliveryBody(deliveryId: DeliveryId, correlationId?: CorrelationId): string {
  return JSON.stringify({ deliveryId, correlationId, revive: true });
}

/** @throws ServiceError `doorbell.malformed`. */
export function parseDeliveryDoorbell(body: Json): DeliveryDoorbellMessage {
  const deliveryId = at(body, 'deliveryId');
  if (!isDeliveryId(deliveryId)) throw malformed('/deliveryId', 'dlv_ and 32 hexadecimal digits');
  const endpointId = at(body, 'endpointId');
  const correlationId = textAt(body, 'correlationId');
  const timesRefused = at(body, 'timesRefused');
  return {
    deliveryId,
    revive: at(body, 'revive') === true,
    // Without them it is looked up, and waits as if for the first time.
    ...(isEndpointId(endpointId) && { endpointId }),
    ...(correlationId !== undefined && { correlationId }),
    ...unlessWanted(at(body, 'wanted') !== false),
    ...(typeof timesRefused === 'number' && timesRefused > 0 && { timesRefused }),
  };
}

export function fanOutDoorbellBody(ref: VersionRef): string {
  return JSON.stringify({ record: recordPath(ref), version: ref.version });
}

/** @throws ServiceError `doorbell.malformed`. */
export function parseFanOutDoorbell(body: Json): VersionRef {
  const record = at(body, 'record');
  const key = typeof record === 'string' ? parseRecordPath(record) : undefined;
  if (!key) throw malformed('/record', '<catalog>/<kind>/<id>');
  const version = at(body, 'version');
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1)
    throw malformed('/version', 'a whole number from 1');
  return { ...key, version };
}

function malformed(path: string, expected: string): ServiceError<'doorbell.malformed'> {
  return new ServiceError('doorbell.malformed', { path, expected }, { retry: never });
}
