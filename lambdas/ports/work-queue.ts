import type { ErrorCode } from '../core/service-error.ts';

/** A message that a function received from its queue. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  /** How often a function sent this body again. Each time SQS starts a new receive count. */
  readonly timesSentAgain: number;
  /** When SQS first delivered it, epoch milliseconds on a clock of AWS. */
  readonly firstReceivedAtMs: number;
}

/**
 * Why a message was parked. Stored as message attributes, so it holds no payloads and no personal
 * data.
 */
export interface ParkReason {
  readonly code: ErrorCode;
  /** The details of the error, as one line of JSON. */
  readonly reason: string;
}

/**
 * The parked queue of a function.
 * @throws ServiceError `queue.unavailable` (later).
 */
export interface ParkedQueue {
  /**
   * Sends the body to the parked queue, from which it can be redriven. The reason becomes the
   * attributes `code` and `reason`.
   */
  park(body: string, reason: ParkReason): Promise<void>;
}

/**
 * The queue that a function receives from, and the parked queue beside it.
 * @throws ServiceError `queue.unavailable` (later).
 */
export interface WorkQueue extends ParkedQueue {
  /**
   * Sends the same body again, so that the received message can be acknowledged.
   * @param delayMs at most 15 minutes.
   */
  sendAgain(message: Omit<QueuedMessage, 'firstReceivedAtMs'>, delayMs: number): Promise<void>;
}
