import type {
  Delivery,
  DeliveryEntry,
  DeliveryStatus,
  ListedDelivery,
} from '../../../lambdas/core/delivery.ts';
import type { DeliveryId, EndpointId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';

export interface DeliveryQuery {
  readonly endpointId: EndpointId;
  /** Time of adding. @default all */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  /** @default all */
  readonly statuses?: readonly DeliveryStatus[] | undefined;
}

/**
 * Reads and moves deliveries for operators.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface DeliveryLog {
  /** Finds a delivery with its attempts. */
  find(id: DeliveryId): Promise<ListedDelivery | undefined>;
  /**
   * Lists deliveries, newest first, without attempts and correlation ids. Eventually consistent.
   */
  rows(query: DeliveryQuery): AsyncIterable<ListedDelivery>;
  /** Like `rows`, without those that are unreadable. */
  list(query: DeliveryQuery): AsyncIterable<DeliveryEntry>;
  /**
   * Makes a held delivery pending, due at once, with a new schedule. `unchanged`: it is not held.
   */
  release(id: DeliveryId, now: Instant): Promise<'released' | 'unchanged'>;
  /**
   * Makes a pending delivery due at once. `unchanged`: it is not pending, or it is due so soon that
   * a worker may hold its lease.
   */
  hurry(id: DeliveryId, now: Instant): Promise<'hurried' | 'unchanged'>;
  /**
   * Sends a message again or for the first time, due at `dueAt`: adds the delivery, or makes a
   * finished one pending with a new schedule. `already`: it is pending or held, or this replay has
   * moved it before, so that a replay can be repeated. A delivery that is not `wanted` only keeps
   * the order: it is added, or moved if it was skipped.
   */
  replay(delivery: Delivery, dueAt: Instant, replayId: string): Promise<'moved' | 'already'>;
  /** Ends a pending or held delivery. A worker that has claimed it may still send it. */
  cancel(id: DeliveryId, reason: string): Promise<'cancelled' | 'unchanged'>;
}
