/**
 * How fast a client may ask, by the Generic Cell Rate Algorithm: one instant says when all requests
 * so far would be over at the even rate. A request is in time unless that is too far ahead.
 */
export interface RequestRate {
  /** Between two requests at the even rate, milliseconds. */
  readonly intervalMs: number;
  /** How far ahead the instant may be when a request comes, milliseconds. */
  readonly toleranceMs: number;
}

export type Admission =
  | { readonly kind: 'admitted' }
  /** The same request is in time after this wait. */
  | { readonly kind: 'too-many'; readonly afterMs: number };

/** Requests that may come at once: those of ten seconds. */
const burstSeconds = 10;
const leastBurst = 5;

export function requestRateOf(requestsPerMinute: number): RequestRate {
  const intervalMs = Math.ceil(60_000 / requestsPerMinute);
  const burst = Math.max(leastBurst, Math.floor((requestsPerMinute * burstSeconds) / 60));
  return { intervalMs, toleranceMs: (burst - 1) * intervalMs };
}

/** The clocks of two workers differ by less, milliseconds. */
const mostSkewMs = 60_000;

/**
 * The latest instant that this rate can have stored, in epoch milliseconds. A later one was edited
 * by hand, or stored while the client had a slower rate.
 */
export function latestInstantMs({ intervalMs, toleranceMs }: RequestRate, nowMs: number): number {
  return nowMs + toleranceMs + intervalMs + mostSkewMs;
}
