import type { Endpoint } from '../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';
import type { EndpointStore } from '../../lambdas/ports/endpoint-store.ts';

export interface InMemoryEndpointStore extends EndpointStore {
  /** Adds an endpoint, or replaces the one of the same id. */
  add(endpoint: Endpoint): void;
}

export function inMemoryEndpointStore(endpoints: readonly Endpoint[] = []): InMemoryEndpointStore {
  const byId = new Map<EndpointId, Endpoint>();
  const add = (endpoint: Endpoint) => {
    byId.set(endpoint.id, structuredClone(endpoint));
  };
  endpoints.forEach(add);
  return {
    add,
    all: async () => structuredClone([...byId.values()]),
    find: async (id) => structuredClone(byId.get(id)),
    async disable(id, reason, at) {
      const endpoint = byId.get(id);
      if (endpoint && !endpoint.disabled) byId.set(id, { ...endpoint, disabled: { reason, at } });
    },
  };
}
