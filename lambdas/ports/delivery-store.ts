import type { Attempt, Delivery, DeliveryStatus } from '../core/delivery.ts';
import type { DeliveryId, EndpointId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';

/** A delivery that this worker alone may attempt until `leaseEndsAt`. */
export interface ClaimedDelivery extends Delivery {
  /** 1 for the first; counts claims, so that a worker that dies with its attempt has spent it. */
  readonly attemptNumber: number;
  /** Whether an operator had it sent, again or for the first time: how old its message is says nothing of this stack. */
  readonly replayed: boolean;
}

/** A pending delivery, and since when it is due. */
export interface DueDelivery {
  readonly id: DeliveryId;
  /** Undefined where it was edited into no point in time. */
  readonly dueAt: Instant | undefined;
}

/** How a delivery stands, for those that wait for it. */
export interface DeliveryState {
  readonly endpointId: EndpointId;
  readonly status: DeliveryStatus;
  /** As of `Delivery`. */
  readonly wanted: boolean;
  /** Of a pending one; while it is being attempted, the end of the lease. */
  readonly dueAt?: Instant | undefined;
}

export type Settlement =
  | { readonly status: 'delivered' | 'skipped' | 'held' }
  /** `waitsFor`: the delivery whose end wakes it before it is due. */
  | { readonly status: 'pending'; readonly dueAt: Instant; readonly waitsFor?: DeliveryId | undefined }
  | { readonly status: 'exhausted'; readonly reason: string };

/**
 * Deliveries: rows with a due time while they are pending.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface DeliveryStore {
  /** Adds a delivery, pending and due at once, or held. `exists`: it was there already, in whatever state; nothing was written. */
  add(delivery: Delivery, now: Instant, status?: 'pending' | 'held'): Promise<'added' | 'exists'>;
  /**
   * Claims a pending delivery whose due time has come, by moving its due time to the end of the lease.
   * Undefined where it is not pending, not due, claimed by somebody else, or unknown.
   */
  claim(id: DeliveryId, now: Instant, leaseEndsAt: Instant): Promise<ClaimedDelivery | undefined>;
  /**
   * Records the attempt and what follows from it. Where none was made and the delivery has not ended, its number is given back.
   * What was delivered is written even when the lease had run out and another worker claimed it since.
   * `superseded`: another worker settled it, or, for any other settlement, claimed it since; nothing was written.
   */
  settle(
    claimed: ClaimedDelivery,
    attempt: Attempt | undefined,
    settlement: Settlement,
  ): Promise<'settled' | 'superseded'>;
  /** Undefined where there is no such delivery. Read consistently: what was settled before is seen. */
  state(id: DeliveryId): Promise<DeliveryState | undefined>;
  /** Puts off a pending delivery whose due time has come. No attempt is spent. `unchanged`: it is not pending, or not due. */
  postpone(id: DeliveryId, now: Instant, dueAt: Instant): Promise<'postponed' | 'unchanged'>;
  /** Makes a pending delivery that waits for another one due at once. `unchanged`: it waits for none. */
  wake(id: DeliveryId, now: Instant): Promise<'woken' | 'unchanged'>;
  /** Makes a held delivery pending, due at once, with a new schedule. `unchanged`: it is not held. */
  release(id: DeliveryId, now: Instant): Promise<'released' | 'unchanged'>;
  /** Makes an exhausted delivery pending again, due at once, with a new schedule. Nothing happens to any other. */
  revive(id: DeliveryId, now: Instant): Promise<void>;
  /** Pending deliveries whose due time has come, oldest first, at most `limit`. Eventually consistent. */
  due(now: Instant, limit: number): Promise<DueDelivery[]>;
}
