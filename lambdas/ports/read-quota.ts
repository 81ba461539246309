/**
 * The read quota of Partner Central, which all workers of an account share.
 * @throws ServiceError `quota.waiting` (later), `store.unavailable` (later).
 */
export interface ReadQuota {
  /**
   * Resolves when one read may be sent; send it at once. Throws if the wait would be too long for
   * an invocation.
   */
  acquirePermit(): Promise<void>;
  /**
   * Partner Central throttled a read: no worker reads for a while. Each further throttle in a row
   * makes the pause longer.
   */
  reportThrottle(): Promise<void>;
}
