import type { JsonObject } from '../../../lambdas/core/json.ts';

/** An error in the format of the service: `{"__type":"<namespace>#<name>","Message":"…"}`. */
export class WireError extends Error {
  readonly status: number;
  readonly body: JsonObject;

  /**
   * @param status by default 500 for an internal failure, else 400. The model has 403, 404 and 429;
   *   recorded responses have 400 for all of them.
   */
  constructor(type: string, message: string, members: JsonObject = {}, status?: number) {
    super(message);
    this.name = type.slice(type.indexOf('#') + 1);
    this.status = status ?? (this.name === 'InternalServerException' ? 500 : 400);
    this.body = { __type: type, Message: message, ...members };
  }
}

const service = 'com.amazonaws.partnercentralselling';
/** Errors of the web service framework in front of the service have another namespace. */
const framework = 'com.amazon.coral.service';

/** Why a call was throttled: by the quota, by `throttleFor`, or by a fault hook. */
export type ThrottleCause = 'quota' | 'throttle-window' | 'fault';

/** The name and the HTTP status with which a throttled call is answered. */
export interface ThrottleForm {
  readonly name: string;
  readonly status: 400 | 429 | 503;
}

/** How services of AWS, and the gateways in front of them, tell a client to slow down. */
export const throttleForms: readonly [ThrottleForm, ...ThrottleForm[]] = [
  { name: 'ThrottlingException', status: 400 },
  { name: 'ThrottlingException', status: 429 },
  { name: 'TooManyRequestsException', status: 429 },
  { name: 'RequestLimitExceeded', status: 400 },
  { name: 'Throttling', status: 400 },
  { name: 'ThrottledException', status: 400 },
  { name: 'RequestThrottled', status: 400 },
  { name: 'RequestThrottledException', status: 400 },
  { name: 'SlowDown', status: 503 },
  { name: 'ProvisionedThroughputExceededException', status: 400 },
  { name: 'ServiceQuotaExceededException', status: 400 },
  // Only the status tells.
  { name: 'UnknownError', status: 429 },
];

/** The cause is not sent to the client. */
export class ThrottledError extends WireError {
  readonly throttledBy: ThrottleCause;

  constructor(throttledBy: ThrottleCause, { name, status }: ThrottleForm = throttleForms[0]) {
    super(`${service}#${name}`, 'Rate exceeded', {}, status);
    this.throttledBy = throttledBy;
  }
}

export function internalFailure(): WireError {
  return new WireError(`${service}#InternalServerException`, 'An internal failure injected by the simulator');
}

export function accessDenied(): WireError {
  return new WireError(`${service}#AccessDeniedException`, 'You are not allowed to read this resource');
}

export function notFound(message = 'The resource does not exist or is not visible to you'): WireError {
  return new WireError(`${service}#ResourceNotFoundException`, message);
}

export function conflict(message: string): WireError {
  return new WireError(`${service}#ConflictException`, message);
}

export function unknownOperation(message: string): WireError {
  return new WireError(`${framework}#UnknownOperationException`, message);
}

export function malformedBody(message: string): WireError {
  return new WireError(`${framework}#SerializationException`, message);
}

export type InvalidField = {
  readonly FieldName: string;
  readonly Message: string;
  readonly Code:
    | 'REQUIRED_FIELD_MISSING'
    | 'INVALID_STRING_FORMAT'
    | 'INVALID_ENUM_VALUE'
    | 'TOO_MANY_VALUES'
    | 'VALUE_OUT_OF_RANGE'
    | 'INVALID_RESOURCE_STATE'
    | 'ACTION_NOT_PERMITTED'
    | 'INVALID_VALUE';
};

/** @param reason of requests that have the right shape, and break a rule, it is another */
export function invalid(
  message: string,
  fields: readonly InvalidField[],
  reason: 'REQUEST_VALIDATION_FAILED' | 'BUSINESS_VALIDATION_FAILED' = 'REQUEST_VALIDATION_FAILED',
): WireError {
  const members = { Reason: reason, ErrorList: fields };
  return new WireError(`${service}#ValidationException`, message, members);
}
