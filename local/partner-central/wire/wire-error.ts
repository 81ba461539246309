import type { JsonObject } from '../../../lambdas/core/json.ts';

/** An error in the format of the service: `{"__type":"<namespace>#<name>","Message":"…"}`. */
export class WireError extends Error {
  readonly status: 400 | 500;
  readonly body: JsonObject;

  constructor(type: string, message: string, members: JsonObject = {}) {
    super(message);
    this.name = type.slice(type.indexOf('#') + 1);
    // The model has 403, 404 and 429; recorded responses have 400 for all of them.
    this.status = this.name === 'InternalServerException' ? 500 : 400;
    this.body = { __type: type, Message: message, ...members };
  }
}

const service = 'com.amazonaws.partnercentralselling';
/** Errors of the web service framework in front of the service have another namespace. */
const framework = 'com.amazon.coral.service';

/** Why a call was throttled: by the quota, by `throttleFor`, or by a fault hook. */
export type ThrottleCause = 'quota' | 'throttle-window' | 'fault';

/** The cause is not sent to the client. */
export class ThrottledError extends WireError {
  readonly throttledBy: ThrottleCause;

  constructor(throttledBy: ThrottleCause) {
    super(`${service}#ThrottlingException`, 'Rate exceeded');
    this.throttledBy = throttledBy;
  }
}

export function internalFailure(): WireError {
  return new WireError(`${service}#InternalServerException`, 'An internal failure injected by the simulator');
}

export function accessDenied(): WireError {
  return new WireError(`${service}#AccessDeniedException`, 'You are not allowed to read this resource');
}

export function notFound(): WireError {
  return new WireError(
    `${service}#ResourceNotFoundException`,
    'The resource does not exist or is not visible to you',
  );
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
    | 'INVALID_VALUE';
};

export function invalid(message: string, fields: readonly InvalidField[]): WireError {
  const members = { Reason: 'REQUEST_VALIDATION_FAILED', ErrorList: fields };
  return new WireError(`${service}#ValidationException`, message, members);
}
