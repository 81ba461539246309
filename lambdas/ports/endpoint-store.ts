import type { Endpoint } from '../core/endpoint.ts';
import type { EndpointId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';

/**
 * Endpoints.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface EndpointStore {
  /** All that can be read, and the ids of those that cannot: items are edited by hand. */
  all(): Promise<{ readonly endpoints: readonly Endpoint[]; readonly unreadable: readonly string[] }>;
  /** @throws ServiceError `endpoint.unreadable` (later). */
  find(id: EndpointId): Promise<Endpoint | undefined>;
  /**
   * Ends all deliveries to it until an operator enables it again. `already`: it is disabled, and the first reason stands, or
   * there is no such endpoint.
   */
  disable(id: EndpointId, reason: string, at: Instant): Promise<'disabled' | 'already'>;
}
