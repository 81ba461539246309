import type { ErrorCode } from '../core/service-error.ts';

/** A message that a function took from its queue. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  /** How often it was sent again so far: the receive count stays with poison. */
  readonly timesSentAgain: number;
}

/** Why a message was given up. No payloads, no personal data: it becomes message attributes. */
export interface ParkReason {
  readonly code: ErrorCode;
  /** The details of the error as one line of JSON. */
  readonly reason: string;
}

/**
 * The parked queue beside a function's own.
 * @throws ServiceError `queue.unavailable` (later).
 */
export interface ParkedQueue {
  /** Gives work up: this body, which can be redriven, with its reason in the attributes `code` and `reason`. */
  park(body: string, reason: ParkReason): Promise<void>;
}

/**
 * The queue a function works from, and the parked queue beside it.
 * @throws ServiceError `queue.unavailable` (later).
 */
export interface WorkQueue extends ParkedQueue {
  /** Sends the same body again with a delay, so that the one at hand can be acknowledged. At most 15 minutes. */
  sendAgain(message: QueuedMessage, delayMs: number): Promise<void>;
}
