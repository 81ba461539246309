/**
 * The right to read Partner Central, which the whole account shares: so many reads a second, so many in 24 hours.
 * @throws ServiceError `quota.waiting` (later), `store.unavailable` (later).
 */
export interface ReadQuota {
  /** Resolves when one read may be sent, and it must be sent at once. Throws where that would take longer than an invocation can wait. */
  turn(): Promise<void>;
  /** Partner Central throttled a read: nobody reads for a while, longer each time that it happens again. */
  throttled(): Promise<void>;
}
