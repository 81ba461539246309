import type { Attempt, Delivery, DeliveryStatus } from '../core/delivery.ts';
import type { DeliveryId, EndpointId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';

/** A delivery that this worker alone may attempt until `leaseEndsAt`. */
export interface ClaimedDelivery extends Delivery {
  /**
   * 1 for the first attempt. The claim counts it, so an attempt during which the worker crashes
   * counts too.
   */
  readonly attemptNumber: number;
  /** Start of the last recorded attempt of this schedule. Undefined before the first one. */
  readonly lastAttemptAt?: Instant | undefined;
  /**
   * True if an operator replayed the message. Its age then says nothing about the latency of this
   * stack.
   */
  readonly replayed: boolean;
  /** When a first attempt was claimed. Undefined for every other claim. */
  readonly firstClaimedAt?: Instant | undefined;
}

/** A pending delivery and its due time. */
export interface DueDelivery {
  readonly id: DeliveryId;
  /** Undefined if the stored value is not a valid date-time. */
  readonly dueAt: Instant | undefined;
}

/** What a successor needs to know of its predecessor. */
export interface DeliveryState {
  /** Undefined if the stored one is no text. */
  readonly messageId?: string | undefined;
  readonly endpointId: EndpointId;
  readonly status: DeliveryStatus;
  /** See `Delivery`. */
  readonly wanted?: boolean | undefined;
  /** Set while the delivery is pending. During an attempt it is the end of the lease. */
  readonly dueAt?: Instant | undefined;
  /** True from `claimFirst` until the attempt is settled: the row has no due time of its own. */
  readonly isFirstAttempt?: true | undefined;
}

export type Settlement =
  | { readonly status: 'delivered' | 'held' }
  /** `reason`: why an endpoint that matches the message gets nothing. */
  | { readonly status: 'skipped'; readonly reason?: 'echo' | undefined }
  /** `waitsFor`: the predecessor, which makes this delivery due when it ends. */
  | { readonly status: 'pending'; readonly dueAt: Instant; readonly waitsFor?: DeliveryId | undefined }
  | { readonly status: 'exhausted'; readonly reason: string }
  /** `dueAt`: when it was found to be unreadable. */
  | { readonly status: 'unreadable'; readonly reason: string; readonly dueAt: Instant };

/**
 * Deliveries: rows that have a due time while they are pending.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface DeliveryStore {
  /**
   * Adds a delivery, pending and due at `dueAt`, or held. A first attempt whose lease has ended
   * becomes due at `dueAt`, and stays spent.
   * `exists`: it already exists. `attempted`: a worker has the lease of the first attempt.
   * `conflict`: the row with this id is of another message, record, version or endpoint.
   * The last two, and `exists` in every other case, write nothing.
   * @param dueAt default `now`
   */
  add(
    delivery: Delivery,
    now: Instant,
    status?: 'pending' | 'held',
    dueAt?: Instant,
  ): Promise<'added' | 'exists' | 'attempted' | 'conflict'>;
  /**
   * Claims the first attempt of a delivery that has no row yet. Until the attempt is settled, the
   * row has no due time and is in no index, so the intent of its version must stay until then.
   * Safe to repeat with the same `claimId`.
   * @param claimId unique among all claims
   * @returns undefined if the row exists
   */
  claimFirst(
    delivery: Delivery,
    claimId: string,
    now: Instant,
    leaseEndsAt: Instant,
  ): Promise<ClaimedDelivery | undefined>;
  /**
   * Claims a pending delivery whose due time has come, by moving its due time to the end of the
   * lease. Returns undefined if it does not exist, is not pending, or is not due. A claimed
   * delivery is not due until its lease ends. A due row that is invalid gets status `unreadable`
   * and is not due again.
   * @throws ServiceError `delivery.unreadable` (never) for such a row, once.
   */
  claim(id: DeliveryId, now: Instant, leaseEndsAt: Instant): Promise<ClaimedDelivery | undefined>;
  /**
   * Records the attempt and the new status. Without an attempt, the next claim gets the same
   * attempt number, unless the delivery has ended. `delivered` is recorded even if another worker
   * has claimed the delivery since. `superseded`: another worker has settled or claimed it since,
   * and nothing was written.
   */
  settle(
    claimed: ClaimedDelivery,
    attempt: Attempt | undefined,
    settlement: Settlement,
  ): Promise<'settled' | 'superseded'>;
  /** Returns undefined if the delivery does not exist or is invalid. Reads consistently. */
  state(id: DeliveryId): Promise<DeliveryState | undefined>;
  /**
   * Sets a later due time for a due delivery, without an attempt. `unchanged`: it is not pending,
   * or not due.
   */
  postpone(id: DeliveryId, now: Instant, dueAt: Instant): Promise<'postponed' | 'unchanged'>;
  /** Makes a waiting delivery due at once. `unchanged`: it does not wait for a predecessor. */
  wake(id: DeliveryId, now: Instant): Promise<'woken' | 'unchanged'>;
  /**
   * Makes a held delivery pending, due at once, with a new retry schedule. `unchanged`: it is not
   * held.
   */
  release(id: DeliveryId, now: Instant): Promise<'released' | 'unchanged'>;
  /**
   * Makes an exhausted delivery pending, due at once, with a new retry schedule. Any other
   * delivery stays as it is.
   */
  revive(id: DeliveryId, now: Instant): Promise<void>;
  /** Reads due deliveries, oldest first, at most `limit`. Eventually consistent. */
  due(now: Instant, limit: number): Promise<DueDelivery[]>;
}
