/**
 * A quota of Partner Central for reads or for writes, which all workers of an account share.
 * @throws ServiceError `quota.waiting` (later), `store.unavailable` (later).
 */
export interface Quota {
  /**
   * Resolves when one call may be sent; send it at once. Throws if the wait would be too long for
   * an invocation.
   */
  acquirePermit(): Promise<void>;
  /**
   * Partner Central throttled a call: no worker makes such a call for a while. Each further
   * throttle in a row makes the pause longer.
   */
  reportThrottle(): Promise<void>;
}
