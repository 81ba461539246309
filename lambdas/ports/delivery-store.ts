import type { Attempt, Delivery } from '../core/delivery.ts';
import type { DeliveryId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';

/** A delivery that this worker alone may attempt until `leaseEndsAt`. */
export interface ClaimedDelivery extends Delivery {
  /** 1 for the first; counts claims, so that a worker that dies with its attempt has spent it. */
  readonly attemptNumber: number;
}

export type Settlement =
  | { readonly status: 'delivered' }
  | { readonly status: 'pending'; readonly dueAt: Instant }
  | { readonly status: 'exhausted'; readonly reason: string };

/**
 * Deliveries: rows with a due time while they are pending.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface DeliveryStore {
  /** Adds a pending delivery that is due at once. `exists`: it was there already, in whatever state; nothing was written. */
  add(delivery: Delivery, now: Instant): Promise<'added' | 'exists'>;
  /**
   * Claims a pending delivery whose due time has come, by moving its due time to the end of the lease.
   * Undefined where it is not pending, not due, claimed by somebody else, or unknown.
   */
  claim(id: DeliveryId, now: Instant, leaseEndsAt: Instant): Promise<ClaimedDelivery | undefined>;
  /**
   * Records the attempt and what follows from it. Where none was made and the delivery stays pending, its number is given back.
   * What was delivered is written even when the lease had run out and another worker claimed it since.
   * `superseded`: another worker settled it, or, for any other settlement, claimed it since; nothing was written.
   */
  settle(
    claimed: ClaimedDelivery,
    attempt: Attempt | undefined,
    settlement: Settlement,
  ): Promise<'settled' | 'superseded'>;
  /** Makes an exhausted delivery pending again, due at once, with a new schedule. Nothing happens to any other. */
  revive(id: DeliveryId, now: Instant): Promise<void>;
  /** Pending deliveries whose due time has come, oldest first, at most `limit`. Eventually consistent. */
  due(now: Instant, limit: number): Promise<DeliveryId[]>;
}
