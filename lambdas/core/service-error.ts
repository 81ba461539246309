import type { Json } from './json.ts';

/** Every way in which work can fail, with what is known about it. Values here are ids, codes and paths: never payloads. */
export interface ErrorDetails {
  /** Not an event this project can read. `path` is a JSON Pointer into the SQS body, `expected` what is allowed there. */
  'event.malformed': { readonly path: string; readonly expected: string; readonly actual: string };
  /** A well-formed event that nothing here reads yet: kept as it came. */
  'event.unhandled': { readonly detailType: string; readonly catalog: string };
  /** The account's reads are used up for now: `rate` by this stack, `day` of the rolling 24 hours, `throttled` as AWS said. */
  'quota.waiting': { readonly limit: 'rate' | 'day' | 'throttled'; readonly waitMs: number };
  /** The item of a record was changed by hand into something that is none. What needs it waits until it is mended. */
  'record.unreadable': { readonly item: string };
  /** Two records belong together, and one of them is not stored yet. */
  'link.pending': { readonly record: string };
  'partner-central.throttled': { readonly operation: string };
  'partner-central.unavailable': { readonly operation: string; readonly error: string };
  'partner-central.not-found': { readonly operation: string };
  'partner-central.access-denied': { readonly operation: string };
  'partner-central.invalid': { readonly operation: string; readonly error: string };
  /** The read answered with a state that is older than what the event told. */
  'partner-central.behind': { readonly operation: string };
  'store.unavailable': { readonly operation: string; readonly error: string };
  /** The batch had taken so long that the rest of it was put off. */
  'batch.interrupted': { readonly elapsedMs: number };
  /** The store will never take this: an item beyond its limits. */
  'store.refused': { readonly operation: string; readonly error: string };
  /** Other writers won every race for one record. */
  'store.contended': { readonly record: string };
  'queue.unavailable': { readonly operation: string; readonly error: string };
  'secret.unavailable': SecretFailure;
  'secret.unusable': SecretFailure;
  'doorbell.malformed': { readonly path: string; readonly expected: string };
  /** The item of an endpoint was changed into something that is none. Deliveries to it wait until it is mended. */
  'endpoint.unreadable': { readonly endpointIds: readonly string[] };
  /** There is no such endpoint any more. */
  'endpoint.missing': { readonly endpointId: string; readonly deliveryId: string };
  'version.missing': { readonly record: string; readonly version: number };
  'delivery.exhausted': {
    readonly endpointId: string;
    readonly deliveryId: string;
    readonly lastOutcome: string;
  };
  'environment.invalid': { readonly problems: readonly string[] };
}

/** The endpoint that it signs for, or the name of the secret itself. */
type SecretFailure =
  | { readonly endpointId: string; readonly error: string }
  | { readonly secretId: string; readonly error: string };

export type ErrorCode = keyof ErrorDetails;

/** `never`: the same input fails again, give it up with its reason. `later`: it may pass, try again after that many milliseconds. */
export type Retry =
  | { readonly kind: 'never' }
  | {
      readonly kind: 'later';
      readonly afterMs: number;
      /** How often at most; then it is given up, too. */
      readonly times?: number;
    };

export const never: Retry = { kind: 'never' };
export function laterAfter(afterMs: number, times?: number): Retry {
  return times === undefined ? { kind: 'later', afterMs } : { kind: 'later', afterMs, times };
}

export class ServiceError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly details: ErrorDetails[Code];
  readonly retry: Retry;

  constructor(code: Code, details: ErrorDetails[Code], options: { retry: Retry; cause?: unknown }) {
    super(`${code} ${JSON.stringify(details)}`, { cause: options.cause });
    this.name = 'ServiceError';
    this.code = code;
    this.details = details;
    this.retry = options.retry;
  }
}

/** The name by which an unknown error is told apart: SDK errors carry their type there. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/**
 * An offending value for an error that a person reads: a text up to 64 characters, of anything larger only what it is.
 * Where ids, codes and dates are expected, a text is hardly a secret; an object may hold anything.
 */
export function shown(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value);
  return text.length > 64 ? `${text.slice(0, 63)}…` : text;
}

/** What an error leaves behind where something is given up or put off: its code, and its details as one line of JSON. */
export function reasonOf({ code, details }: ServiceError): {
  readonly code: ErrorCode;
  readonly reason: string;
} {
  return { code, reason: JSON.stringify(details) };
}

export function isFailure<Code extends ErrorCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is ServiceError<Code> {
  return error instanceof ServiceError && codes.some((code) => code === error.code);
}
