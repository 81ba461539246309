const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * The longest lease of a claimed delivery. If a delivery is due later than this and the largest
 * difference of two clocks from now, no worker has claimed it.
 */
export const longestLeaseMs = 2 * minute;

/**
 * Waits before the 2nd, 3rd … attempt. The first attempt is made at once. The tenth is the last,
 * 75 h 35 min 5 s later if jitter is 0.
 */
export const deliverySchedule: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** Upper limit of a Retry-After header, so that a receiver cannot postpone a message for ever. */
export const longestRetryAfterMs = 24 * hour;

/**
 * Jitter: each wait is up to 20 % shorter or longer, so that failed deliveries do not retry at the
 * same time.
 */
const spread = 0.2;

/**
 * Milliseconds to wait after a failed attempt. Returns undefined if the schedule is exhausted.
 * @param failedAttempts how many attempts have failed, including this one: 1 or more
 * @param chance a random number in [0, 1)
 * @param retryAfterMs wait that the receiver requested; it lengthens a step but never shortens it
 */
export function nextDelayMs(failedAttempts: number, chance: number, retryAfterMs = 0): number | undefined {
  const step = deliverySchedule[failedAttempts - 1];
  if (step === undefined) return undefined;
  const jittered = step * (1 - spread + 2 * spread * chance);
  return Math.round(Math.max(jittered, Math.min(retryAfterMs, longestRetryAfterMs)));
}

/**
 * Whether an answer that asks for a wait (429 or 503 with Retry-After) spends the attempt: only as
 * fast as the schedule does. So a busy receiver costs no message its attempts within minutes, and a
 * message that is always answered so still ends after the time of the schedule.
 * @param attemptNumber 1 or more
 * @param sinceLastMs since the last attempt that was spent began
 */
export function spendsBusyAttempt(attemptNumber: number, sinceLastMs: number): boolean {
  const step = deliverySchedule[attemptNumber - 2];
  return step === undefined || sinceLastMs >= step * (1 - spread);
}

const longestBusyWaitMs = 30 * minute;

/**
 * Milliseconds to wait after such an answer: what the receiver requested, and at least a quarter of
 * the time since the last attempt that was spent. So each message is tried less and less often.
 * @param chance a random number in [0, 1)
 */
export function busyWaitMs(retryAfterMs: number, sinceLastMs: number, chance: number): number {
  const shortestMs = 5 * second * (1 - spread + 2 * spread * chance);
  const leastMs = Math.max(shortestMs, Math.min(sinceLastMs / 4, longestBusyWaitMs));
  return Math.round(Math.max(leastMs, Math.min(retryAfterMs, longestRetryAfterMs)));
}

/**
 * Milliseconds after which `sweep` signals a new version that the stream has not fanned out.
 * @param timeScale factor on delays; a minimum remains for slow machines
 */
export function outboxGraceMs(timeScale: number): number {
  return Math.max(minute * timeScale, 3 * second);
}

/** The longest delay of an SQS message. */
export const longestQueueDelayMs = 15 * minute;

/**
 * Milliseconds until the quota may allow reads again. Jitter keeps the waiting messages from
 * retrying at the same time.
 */
export function quotaWaitMs(waitMs: number, chance: number): number {
  return Math.round(Math.min(waitMs * (1 + chance / 2), longestQueueDelayMs));
}

/**
 * Milliseconds before a delivery is tried again after a fault of AWS: about a minute, so that
 * deliveries do not retry together.
 */
export function awsWaitMs(chance: number): number {
  return Math.round(minute * (0.5 + chance));
}

const longestSlotWaitMs = minute;

/**
 * Milliseconds before a delivery requests a slot again. Long waits keep the messages of a backlog
 * from delaying other endpoints.
 * @param timesRefused how often in a row, including this time: 1 or more
 */
export function slotWaitMs(timesRefused: number, chance: number): number {
  return exponentialWaitMs(timesRefused - 1, longestSlotWaitMs, chance);
}

/**
 * Milliseconds before Partner Central is read again after a failure.
 * @param timesSentAgain how often the message was sent again before: 0 or more
 */
export function backOffMs(timesSentAgain: number, chance: number): number {
  return exponentialWaitMs(timesSentAgain, longestQueueDelayMs, chance);
}

/** 2 s, doubled `doublings` times, at most `longestMs`. The result is 50 to 100 % of that. */
function exponentialWaitMs(doublings: number, longestMs: number, chance: number): number {
  const full = Math.min(2 * second * 2 ** Math.min(doublings, 20), longestMs);
  return Math.round(full * (0.5 + chance / 2));
}
