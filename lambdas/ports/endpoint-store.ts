import type { Endpoint } from '../core/endpoint.ts';
import type { EndpointId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';

/**
 * Endpoints.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface EndpointStore {
  all(): Promise<Endpoint[]>;
  find(id: EndpointId): Promise<Endpoint | undefined>;
  /** Ends all deliveries to it until an operator enables it again. The first reason stands. */
  disable(id: EndpointId, reason: string, at: Instant): Promise<void>;
}
