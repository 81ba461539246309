import type { Instant } from '../core/instant.ts';

/**
 * What AWS has sent, and when.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface Sightings {
  /**
   * Records that an event of AWS arrived. Each worker writes at most once an hour, because the
   * readers compare days.
   */
  recordEvent(at: Instant): Promise<void>;
  /**
   * When the last event arrived, to the hour. If there was none: the time of the first call of this
   * method.
   */
  lastEventAt(now: Instant): Promise<Instant>;
  /** Records a detail-type. `new`: no worker has recorded it before. */
  recordDetailType(detailType: string, at: Instant): Promise<'new' | 'known'>;
}
