/**
 * The queue of one `hydrate` function, to which `reconcile` sends its findings beside the events of
 * AWS.
 * @throws ServiceError `queue.unavailable` (later) from every call.
 */
export interface FindingQueue {
  /** Approximate number of messages that wait, are delayed or are being processed. */
  depth(): Promise<number>;
  /** Sends these bodies, in any order. If it throws, some of them may have been sent. */
  send(bodies: readonly string[]): Promise<void>;
}
