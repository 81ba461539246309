const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * The longest lease of a claimed delivery. A delivery that is due later than that is claimed by no
 * worker.
 */
export const longestLeaseMs = 2 * minute;

/**
 * Waits before the 2nd, 3rd … attempt. The first is made at once. Ten attempts over 75 h 35 min 5
 * s.
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
const longestRetryAfterMs = 24 * hour;

/**
 * Jitter: each wait is up to 20 % shorter or longer, so that failed deliveries do not retry
 * together.
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
 * Milliseconds after which `sweep` signals a new version that the stream has not fanned out.
 * @param timeScale factor on delays; a minimum remains for slow machines
 */
export function outboxGraceMs(timeScale: number): number {
  return Math.max(minute * timeScale, 3 * second);
}

/** The longest delay of an SQS message. */
export const longestQueueDelayMs = 15 * minute;

/**
 * Milliseconds until the quota may allow reads again, with jitter so that waiting messages do not
 * come back together.
 */
export function quotaWaitMs(waitMs: number, chance: number): number {
  return Math.round(Math.min(waitMs * (1 + chance / 2), longestQueueDelayMs));
}

const longestSlotWaitMs = minute;

/**
 * Milliseconds before a delivery requests a slot again: 2 s, doubled each time, at most a minute;
 * the upper half is random. Long waits keep the messages of a backlog from delaying other
 * endpoints.
 * @param timesRefused how often in a row, including this time: 1 or more
 */
export function slotWaitMs(timesRefused: number, chance: number): number {
  const full = Math.min(2 * second * 2 ** Math.min(timesRefused - 1, 20), longestSlotWaitMs);
  return Math.round(full * (0.5 + chance / 2));
}

/**
 * Milliseconds before Partner Central is read again: 2 s, doubled each time, at most 15 min; the
 * upper half is random.
 */
export function backOffMs(timesSentAgain: number, chance: number): number {
  const full = Math.min(2 * second * 2 ** Math.min(timesSentAgain, 20), longestQueueDelayMs);
  return Math.round(full * (0.5 + chance / 2));
}
