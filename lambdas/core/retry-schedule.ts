const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The longest that a claimed delivery is left alone, at every worker: what is due later than that is under way nowhere. */
export const longestLeaseMs = 2 * minute;

/** Waits before the 2nd, 3rd … attempt; the first is made at once. Ten attempts over 75 h 35 min 5 s. */
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

/** A receiver may ask for more time, but not for so much that the message is never seen again. */
const longestRetryAfterMs = 24 * hour;

/** Jitter spreads what failed together by a fifth to either side. */
const spread = 0.2;

/**
 * Milliseconds to wait after an attempt that failed, or undefined where the schedule is exhausted.
 * @param failedAttempts how many attempts have failed so far, this one included: 1 or more.
 * @param chance in [0, 1).
 * @param retryAfterMs what the receiver asked for: it lengthens the step, it never shortens it and spends no attempt.
 */
export function nextDelayMs(failedAttempts: number, chance: number, retryAfterMs = 0): number | undefined {
  const step = deliverySchedule[failedAttempts - 1];
  if (step === undefined) return undefined;
  const jittered = step * (1 - spread + 2 * spread * chance);
  return Math.round(Math.max(jittered, Math.min(retryAfterMs, longestRetryAfterMs)));
}

/**
 * How long a new version is left to the stream that fans it out, milliseconds; then `sweep` rings.
 * @param timeScale factor on delays; what a busy machine needs is not scaled away.
 */
export function outboxGraceMs(timeScale: number): number {
  return Math.max(minute * timeScale, 3 * second);
}

/** The longest that SQS can delay one message. */
export const longestQueueDelayMs = 15 * minute;

/** Milliseconds until the quota may have reads again, spread so that what waits together does not come back together. */
export function quotaWaitMs(waitMs: number, chance: number): number {
  return Math.round(Math.min(waitMs * (1 + chance / 2), longestQueueDelayMs));
}

const longestSlotWaitMs = minute;

/**
 * Milliseconds before asking again for a lane of an endpoint: 2 s, doubled each time, at most a minute, the upper half of it
 * random. What waits long asks seldom: the rings of a long backlog must not keep the others from being answered.
 * @param timesRefused in a row, this time included: 1 or more
 */
export function slotWaitMs(timesRefused: number, chance: number): number {
  const full = Math.min(2 * second * 2 ** Math.min(timesRefused - 1, 20), longestSlotWaitMs);
  return Math.round(full * (0.5 + chance / 2));
}

/** Milliseconds before reading Partner Central again: 2 s, doubled each time, at most 15 min, the upper half of it random. */
export function backOffMs(timesSentAgain: number, chance: number): number {
  const full = Math.min(2 * second * 2 ** Math.min(timesSentAgain, 20), longestQueueDelayMs);
  return Math.round(full * (0.5 + chance / 2));
}
