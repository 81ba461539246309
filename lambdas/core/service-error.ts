import type { Instant } from './instant.ts';

/**
 * Every way in which work can fail, with the details of each. Details contain ids, codes and paths,
 * never payloads: they appear in logs, queues and parked messages.
 */
export interface ErrorDetails {
  /**
   * Not an event that this project can read. `path` is a JSON Pointer into the SQS body, `expected`
   * what is allowed there.
   */
  'event.malformed': { readonly path: string; readonly expected: string; readonly actual: string };
  /** A well-formed event with a detail-type or catalog that no function handles. */
  'event.unhandled': { readonly detailType: string; readonly catalog: string };
  /**
   * The read quota is used up. `rate`: by other reads of this stack. `day`: the limit of 24 hours.
   * `throttled`: Partner Central throttled a read.
   */
  'quota.waiting': { readonly limit: 'rate' | 'day' | 'throttled'; readonly waitMs: number };
  /**
   * The item of a record is invalid, because it was edited by hand. Work on it stops until it is
   * repaired. `problems` name attributes, never values.
   */
  'record.unreadable': { readonly item: string; readonly problems: readonly string[] };
  /** The rows of a line of commands are invalid, because they were edited by hand. */
  'line.unreadable': { readonly line: string; readonly problems: readonly string[] };
  /** The row of a delivery is invalid, because it was edited by hand. It is not due any more. */
  'delivery.unreadable': { readonly deliveryId: string; readonly problems: readonly string[] };
  /** Two records belong together, and one of them is not stored yet. */
  'link.pending': { readonly record: string };
  'partner-central.throttled': { readonly operation: string };
  'partner-central.unavailable': { readonly operation: string; readonly error: string };
  'partner-central.not-found': { readonly operation: string };
  'partner-central.access-denied': { readonly operation: string } & AwsReason;
  'partner-central.invalid': { readonly operation: string; readonly error: string } & AwsReason;
  /** A list repeats the token of a page, or has more pages than it can have. */
  'partner-central.endless-list': { readonly operation: string; readonly pages: number };
  /** The answer of a read nests more levels of lists and objects than this stack can work on. */
  'payload.too-deep': { readonly operation: string; readonly mostLevels: number };
  /** The answer of a read is larger than the memory of the functions allows. */
  'payload.too-large': { readonly operation: string; readonly mostBytes: number };
  /**
   * The read returned a state that is older than the event; or reads and AWS's timestamps disagree
   * about which state is newer until a read that begins at `certainFrom`.
   */
  'partner-central.behind': { readonly operation: string; readonly certainFrom?: Instant };
  'store.unavailable': { readonly operation: string; readonly error: string };
  /** The batch took so long that its remaining messages are postponed. */
  'batch.interrupted': { readonly elapsedMs: number };
  /** DynamoDB never accepts this write, for example because the item is too large. */
  'store.refused': { readonly operation: string; readonly error: string };
  /** Too much contention on one record: other workers won every race. */
  'store.contended': { readonly record: string };
  'queue.unavailable': { readonly operation: string; readonly error: string };
  'secret.unavailable': SecretFailure;
  'secret.unusable': SecretFailure;
  'doorbell.malformed': { readonly path: string; readonly expected: string };
  /**
   * The item of an endpoint is invalid, because it was edited by hand. Deliveries to it wait until
   * it is repaired.
   */
  'endpoint.unreadable': { readonly endpointId: string; readonly attributes: readonly string[] };
  /**
   * The item of a client is invalid, because it was edited by hand. Its requests are refused until
   * it is repaired.
   */
  'client.unreadable': { readonly clientId: string; readonly attributes: readonly string[] };
  /** The endpoint of a delivery was deleted. */
  'endpoint.missing': { readonly endpointId: string; readonly deliveryId: string };
  /** Rows with the ids of new deliveries are of other messages: edited by hand. */
  'delivery.conflict': { readonly deliveryIds: readonly string[] };
  'version.missing': { readonly record: string; readonly version: number };
  'delivery.exhausted': {
    readonly endpointId: string;
    readonly deliveryId: string;
    readonly lastOutcome: string;
  };
  /** AWS will never take this message, for example because it is too large for an event bus. */
  'delivery.undeliverable': {
    readonly endpointId: string;
    readonly deliveryId: string;
    readonly error: string;
  };
  'environment.invalid': { readonly problems: readonly string[] };
}

/**
 * The member `Reason` of an error of Partner Central, a word of a closed list. A denial by IAM has
 * none.
 */
interface AwsReason {
  readonly awsReason?: string;
}

/** Names the owner of the secret, or the secret itself. */
type SecretFailure =
  | { readonly endpointId: string; readonly error: string }
  | { readonly clientId: string; readonly error: string }
  | { readonly secretId: string; readonly error: string };

export type ErrorCode = keyof ErrorDetails;

/**
 * `never`: the same input fails again, so it is parked with its reason. `later`: retry after
 * `afterMs`.
 */
export type Retry = { readonly kind: 'never' } | LaterRetry;

export interface LaterRetry {
  readonly kind: 'later';
  readonly afterMs: number;
  /** True if `afterMs` is the whole wait: neither scaled nor lengthened by back-off. */
  readonly isExact?: true;
  /** The most retries; then the input is parked. @default no limit */
  readonly times?: number;
}

export const never: Retry = { kind: 'never' };
export function laterAfter(afterMs: number, times?: number): Retry {
  return times === undefined ? { kind: 'later', afterMs } : { kind: 'later', afterMs, times };
}

/** AWS services recover within seconds. */
const afterOutage = laterAfter(2_000);
/** Partner Central shows a change some seconds after its event. */
const afterLag = laterAfter(3_000);

/** The retry decision of each error, unless the error is created with another one. */
const retries: Readonly<Record<ErrorCode, Retry>> = {
  'event.malformed': never,
  'event.unhandled': never,
  // Created with the wait that the quota ledger computes.
  'quota.waiting': laterAfter(1_000),
  // Someone has to repair the item.
  'record.unreadable': never,
  'line.unreadable': never,
  'delivery.unreadable': never,
  'link.pending': afterLag,
  // A throttle lasts at least until its second is over.
  'partner-central.throttled': laterAfter(1_000),
  'partner-central.unavailable': afterOutage,
  'partner-central.not-found': never,
  'partner-central.access-denied': never,
  'partner-central.invalid': never,
  'partner-central.endless-list': never,
  'payload.too-deep': never,
  'payload.too-large': never,
  'partner-central.behind': afterLag,
  'store.unavailable': afterOutage,
  'batch.interrupted': laterAfter(0),
  'store.refused': never,
  'store.contended': laterAfter(2_000),
  'queue.unavailable': afterOutage,
  'secret.unavailable': afterOutage,
  // Someone has to repair the secret. The endpoint's gate makes the waits longer.
  'secret.unusable': laterAfter(10_000),
  'doorbell.malformed': never,
  // Someone has to repair the item. The endpoint's gate makes the waits longer.
  'endpoint.unreadable': laterAfter(10_000),
  'client.unreadable': laterAfter(10_000),
  'endpoint.missing': never,
  // Someone has to remove the row.
  'delivery.conflict': laterAfter(10 * 60_000),
  'version.missing': never,
  'delivery.exhausted': never,
  'delivery.undeliverable': never,
  'environment.invalid': never,
};

export const errorCodes: readonly string[] = Object.keys(retries);

export class ServiceError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly details: ErrorDetails[Code];
  readonly retry: Retry;

  /** @param options `retry`: overrides the decision of the table. */
  constructor(code: Code, details: ErrorDetails[Code], options: { retry?: Retry; cause?: unknown } = {}) {
    super(`${code} ${JSON.stringify(details)}`, { cause: options.cause });
    this.name = 'ServiceError';
    this.code = code;
    this.details = details;
    this.retry = options.retry ?? retries[code];
  }
}

/** The name of an error, which identifies SDK errors; the type of any other thrown value. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** The code of an error and its details as one line of JSON, for a parked or postponed message. */
export function reasonOf({ code, details }: ServiceError): {
  readonly code: ErrorCode;
  readonly reason: string;
} {
  return { code, reason: JSON.stringify(details) };
}

/** Whether the error is a `ServiceError` with one of these codes. */
export function isFailure<Code extends ErrorCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is ServiceError<Code> {
  return error instanceof ServiceError && codes.some((code) => code === error.code);
}
