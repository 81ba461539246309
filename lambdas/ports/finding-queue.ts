/**
 * The queue of one `hydrate` function. It receives the events of AWS and the findings of
 * `reconcile`.
 * @throws ServiceError `queue.unavailable` (later) from every call.
 */
export interface FindingQueue {
  /** Approximate number of messages that wait, are delayed or are being processed. */
  depth(): Promise<number>;
  /** Sends these bodies, in any order. If it throws, some of them may have been sent. */
  send(bodies: readonly string[]): Promise<void>;
}
