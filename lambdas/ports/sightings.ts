import type { Instant } from '../core/instant.ts';

export interface LastEvent {
  readonly at: Instant;
  /** What was invalid in the row that this call replaced. Names attributes, never values. */
  readonly repaired: readonly string[];
}

/**
 * What AWS has sent, and when.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface Sightings {
  /**
   * Records that an event of AWS arrived. Each worker writes at most once an hour, because the
   * readers compare days.
   * @returns what was invalid in the row that this call replaced, because it was edited by hand.
   */
  recordEvent(at: Instant): Promise<readonly string[]>;
  /**
   * When the last event arrived, to the hour. If there was none: the time of the first call of this
   * method. A time that was edited by hand and is invalid is replaced by `now`.
   */
  lastEventAt(now: Instant): Promise<LastEvent>;
  /** Records a detail-type. `new`: no worker has recorded it before. */
  recordDetailType(detailType: string, at: Instant): Promise<'new' | 'known'>;
}
