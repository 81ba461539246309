import type { Endpoint } from '../core/endpoint.ts';
import type { EndpointId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';

/**
 * Endpoints.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface EndpointStore {
  /**
   * Reads all endpoints. `unreadable`: ids of items that are not valid, because they were edited by
   * hand.
   */
  all(): Promise<{ readonly endpoints: readonly Endpoint[]; readonly unreadable: readonly string[] }>;
  /** @throws ServiceError `endpoint.unreadable` (later). */
  find(id: EndpointId): Promise<Endpoint | undefined>;
  /**
   * Stops all deliveries to an endpoint until an operator enables it. `already`: it is disabled and
   * keeps its first reason, or it does not exist.
   */
  disable(id: EndpointId, reason: string, at: Instant): Promise<'disabled' | 'already'>;
}
