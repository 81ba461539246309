import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';

/**
 * Changes of endpoints by operators.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface EndpointAdmin {
  /** `exists`: the id is in use; nothing was written. */
  add(endpoint: Endpoint): Promise<'added' | 'exists'>;
  /** Replaces the definition and keeps `disabled`. `missing`: the endpoint does not exist. */
  update(endpoint: Endpoint): Promise<'updated' | 'missing'>;
  enable(id: EndpointId): Promise<void>;
  remove(id: EndpointId): Promise<void>;
}
