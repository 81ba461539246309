import { messageIdsIn } from '../core/correlation.ts';
import { backOffMs, quotaWaitMs } from '../core/retry-schedule.ts';
import { isFailure, type LaterRetry, reasonOf, ServiceError } from '../core/service-error.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Random } from '../ports/random.ts';
import type { QueuedMessage, WorkQueue } from '../ports/work-queue.ts';
import { refusals } from '../records/read-or-refusal.ts';
import { type SetRecordAsideDeps, setRecordAside } from '../records/set-record-aside.ts';
import type { HydrateLevel, HydrateMetric } from './contract.ts';

export interface PostponeOrParkDeps extends SetRecordAsideDeps {
  readonly queue: WorkQueue;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics<HydrateMetric, HydrateLevel>;
  /** Factor on delays, see TIME_SCALE. */
  readonly timeScale: number;
}

export interface FailedMessage {
  readonly message: QueuedMessage;
  readonly error: unknown;
  /** True if `reconcile` sent the event: its next pass sends it again. */
  readonly isListed?: boolean;
}

/**
 * Follows the retry decision of the error of a message: sends it to the queue again with a delay,
 * parks it, or drops it if `reconcile` will send it again anyway. Sets a record aside that is
 * unreadable.
 * @throws the error itself if it is unexpected; ServiceError `queue.unavailable`,
 *   `store.unavailable` (later).
 */
export async function postponeOrPark(failed: FailedMessage, deps: PostponeOrParkDeps): Promise<void> {
  const { message, error, isListed } = failed;
  if (!(error instanceof ServiceError)) throw error;
  const { queue, log, metrics } = deps;
  const { retry } = error;
  const isRetried = retry.kind === 'later' && message.timesSentAgain < (retry.times ?? Infinity);
  if (isRetried) return postpone(message, error, retry, deps);
  const { messageId, correlationId } = messageIdsIn(message);
  const { code, reason } = reasonOf(error);
  await setRecordAside(error, deps);
  if (isFailure(error, ...refusals)) metrics.count('ReadsRefused');
  if (isListed) {
    // Parking it would add one more of the same message with every pass.
    metrics.count('FindingsRefused');
    log.warn('finding.refused', { correlationId, messageId, code, reason });
    return;
  }
  await queue.park(message.body, { code, reason });
  metrics.count('EventsParked');
  log.warn('event.parked', { correlationId, messageId, code, reason });
}

async function postpone(
  message: QueuedMessage,
  error: ServiceError,
  { afterMs, isExact }: LaterRetry,
  { queue, random, log, metrics, timeScale }: PostponeOrParkDeps,
): Promise<void> {
  const { messageId, correlationId } = messageIdsIn(message);
  const { code, reason } = reasonOf(error);
  const { timesSentAgain } = message;
  const isWaiting = code === 'quota.waiting';
  const delayMs = isWaiting
    ? quotaWaitMs(afterMs, random.next())
    : isExact
      ? afterMs
      : timeScale * Math.max(afterMs, backOffMs(timesSentAgain, random.next()));
  // Waiting for the quota is not a failure, so it does not lengthen the delay after the next
  // failure.
  const counted = isWaiting ? timesSentAgain - 1 : timesSentAgain;
  await queue.sendAgain({ ...message, timesSentAgain: counted }, delayMs);
  metrics.count(isWaiting ? 'ReadsWaiting' : 'EventsPostponed');
  log.warn('event.postponed', { correlationId, messageId, code, reason, delayMs, timesSentAgain });
}
