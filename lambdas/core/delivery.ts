import type { CorrelationId } from './correlation.ts';
import type { DeliveryId, EndpointId, MessageId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { VersionRef } from './record.ts';

/** One message to one endpoint. */
export interface Delivery {
  readonly id: DeliveryId;
  readonly messageId: MessageId;
  readonly endpointId: EndpointId;
  readonly version: VersionRef;
  /** Not told by a replay that adds the delivery, nor by rows of an earlier release. */
  readonly correlationId?: CorrelationId | undefined;
  /**
   * False at an endpoint with ordering that does not want this version: nothing is sent, but the next version waits for its
   * turn to come and go, so that the row before always tells whether all before it has ended.
   */
  readonly wanted: boolean;
}

/**
 * `pending`: has a due time. `held`: waits for its endpoint to be enabled, or for who listens.
 * Ended: `delivered`; `exhausted`, parked with its reason; `cancelled` by an operator; `skipped`, as it was not wanted.
 */
export const deliveryStatuses = [
  'pending',
  'held',
  'delivered',
  'exhausted',
  'cancelled',
  'skipped',
] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A delivery as people see it. */
export interface DeliveryEntry extends Delivery {
  readonly status: DeliveryStatus;
  /** 0 before the first attempt. */
  readonly attemptNumber: number;
  readonly createdAt: Instant;
  /** Of a pending one; while it is being attempted, the end of the lease. */
  readonly dueAt?: Instant | undefined;
  /** Of an exhausted or cancelled one. */
  readonly reason?: string | undefined;
  /** Oldest first. Left out of lists. */
  readonly attempts?: readonly Attempt[] | undefined;
}

/** How one POST ended. */
export interface Attempt {
  readonly number: number;
  readonly startedAt: Instant;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The first bytes of the answer, as text. */
  readonly answer?: string | undefined;
}

/**
 * `delivered`: 2xx. `gone`: 410, the endpoint wants nothing any more. `refused`: any other answer.
 * `redirected`: 3xx, never followed. `timed-out`, `unreachable`: no answer.
 * `forbidden`: the address is none that this stack may connect to; nothing was sent.
 */
export const attemptOutcomes = [
  'delivered',
  'gone',
  'refused',
  'redirected',
  'timed-out',
  'unreachable',
  'forbidden',
] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

export function outcomeOfStatus(status: number): AttemptOutcome {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 410) return 'gone';
  return status >= 300 && status < 400 ? 'redirected' : 'refused';
}

/**
 * Milliseconds that a Retry-After header asks for: seconds, or an HTTP date. Undefined where it is neither.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  // Date.parse makes some date of almost any text; an HTTP date ends in GMT.
  if (!/^[A-Z][a-z]+, .* GMT$/.test(header.trim())) return undefined;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
