/**
 * The queue of one concern, as `reconcile` feeds it beside AWS's own events.
 * @throws ServiceError `queue.unavailable` (later) from every call.
 */
export interface FindingQueue {
  /** How many messages wait, are delayed or are being worked on: about so many. */
  depth(): Promise<number>;
  /** Sends these bodies, in any order. Where it throws, some may have been sent. */
  send(bodies: readonly string[]): Promise<void>;
}
