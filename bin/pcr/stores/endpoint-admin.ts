import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';

/**
 * Endpoints as operators change them.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface EndpointAdmin {
  /** `exists`: an endpoint of this id is there already, nothing was written. */
  add(endpoint: Endpoint): Promise<'added' | 'exists'>;
  /** Replaces its definition; whether it is disabled stays as it is. `missing`: there is none. */
  update(endpoint: Endpoint): Promise<'updated' | 'missing'>;
  enable(id: EndpointId): Promise<void>;
  remove(id: EndpointId): Promise<void>;
}
