import type { Instant } from '../core/instant.ts';

/**
 * What was seen, and when first or last.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface Sightings {
  /** An event of AWS's came. Written at most once an hour by each worker: this answers for days. */
  eventSeen(at: Instant): Promise<void>;
  /** When the last one came, to the hour; where none ever did, when this was asked first. */
  lastEvent(now: Instant): Promise<Instant>;
  /** True the first time that a detail-type is seen, whoever sees it. */
  isNewDetailType(detailType: string, at: Instant): Promise<boolean>;
}
