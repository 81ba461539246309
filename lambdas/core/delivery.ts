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
  /** The message of the version before. Missing in version 1. */
  readonly previousMessageId?: MessageId | undefined;
  /** Missing if a replay added the delivery, and in rows of earlier releases. */
  readonly correlationId?: CorrelationId | undefined;
  /**
   * False if the endpoint asks for order but does not want this version. Nothing is sent. The row
   * exists so that the next version finds the state of its predecessor.
   */
  readonly wanted: boolean;
}

/**
 * `pending`: has a due time. `held`: waits until its endpoint is enabled or its listener fetches
 * it. Ended: `delivered`; `exhausted` (parked with its reason); `cancelled` by an operator;
 * `skipped` (not wanted).
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

/** A delivery with its history, for operators. */
export interface DeliveryEntry extends Delivery {
  readonly status: DeliveryStatus;
  /** 0 before the first attempt. */
  readonly attemptNumber: number;
  readonly createdAt: Instant;
  /** Set while the delivery is pending. During an attempt it is the end of the lease. */
  readonly dueAt?: Instant | undefined;
  /** Set if the delivery is exhausted or cancelled. */
  readonly reason?: string | undefined;
  /** Oldest first. Undefined in lists. */
  readonly attempts?: readonly Attempt[] | undefined;
}

/** One attempt and its outcome. */
export interface Attempt {
  readonly number: number;
  readonly startedAt: Instant;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  /** HTTP status of the answer, if there was one. */
  readonly status?: number | undefined;
  /** The first characters of the answer. */
  readonly answer?: string | undefined;
}

/**
 * `delivered`: 2xx. `gone`: 410, the endpoint wants no more messages. `refused`: any other answer.
 * `redirected`: 3xx, never followed. `timed-out`, `unreachable`: no answer.
 * `forbidden`: this stack must not connect to the address; nothing was sent.
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
 * Milliseconds that a Retry-After header requests. Returns undefined if it is neither seconds nor
 * an HTTP date.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  // Date.parse accepts almost any text. An HTTP date ends in GMT.
  if (!/^[A-Z][a-z]+, .* GMT$/.test(header.trim())) return undefined;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
