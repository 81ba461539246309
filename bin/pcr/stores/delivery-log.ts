import type { Delivery, DeliveryEntry, DeliveryStatus } from '../../../lambdas/core/delivery.ts';
import type { DeliveryId, EndpointId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';

export interface DeliveryQuery {
  readonly endpointId: EndpointId;
  /** Added from then on, until then. @default all */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  /** @default all */
  readonly statuses?: readonly DeliveryStatus[] | undefined;
}

/**
 * Deliveries as operators see and move them.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface DeliveryLog {
  /** With its attempts. */
  find(id: DeliveryId): Promise<DeliveryEntry | undefined>;
  /** Newest first, without attempts and correlation ids. Eventually consistent. */
  list(query: DeliveryQuery): AsyncIterable<DeliveryEntry>;
  /**
   * Makes a held delivery pending, due at once, with a new schedule. `unchanged`: it is not held.
   */
  release(id: DeliveryId, now: Instant): Promise<'released' | 'unchanged'>;
  /**
   * Makes a pending delivery that waits for its next attempt due at once. `unchanged`: it is not
   * pending, or it is due so soon that it may be under way: no lease is ended.
   */
  hurry(id: DeliveryId, now: Instant): Promise<'hurried' | 'unchanged'>;
  /**
   * Sends a message once more, or for the first time, from `dueAt` on: adds the delivery, or makes
   * an ended one pending with a new schedule. `already`: it is pending or held, or this replay has
   * moved it before, so that a replay can be repeated. One that is not `wanted`, which only keeps
   * the order, moves no delivery that was: it is added, or one that was skipped moves.
   */
  replay(delivery: Delivery, dueAt: Instant, replayId: string): Promise<'moved' | 'already'>;
  /** Ends a pending or held delivery. A worker that holds its lease may still send it. */
  cancel(id: DeliveryId, reason: string): Promise<'cancelled' | 'unchanged'>;
}
