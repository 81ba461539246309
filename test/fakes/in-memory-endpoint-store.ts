import type { EndpointAdmin } from '../../bin/pcr/stores/endpoint-admin.ts';
import type { Endpoint } from '../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';
import { ServiceError } from '../../lambdas/core/service-error.ts';
import type { EndpointStore } from '../../lambdas/ports/endpoint-store.ts';

export interface InMemoryEndpointStore extends EndpointStore, EndpointAdmin {
  /** Adds an endpoint, or replaces the one of the same id. */
  put(endpoint: Endpoint): void;
  /** Returns an endpoint as it is stored. */
  peek(id: EndpointId): Endpoint | undefined;
  /** Makes an endpoint unreadable, like an edited item that is invalid. `put` repairs it. */
  spoil(id: EndpointId): void;
}

export function inMemoryEndpointStore(endpoints: readonly Endpoint[] = []): InMemoryEndpointStore {
  const byId = new Map<EndpointId, Endpoint>();
  const spoiled = new Set<EndpointId>();
  const put = (endpoint: Endpoint) => {
    spoiled.delete(endpoint.id);
    byId.set(endpoint.id, structuredClone(endpoint));
  };
  endpoints.forEach(put);
  return {
    put,
    peek: (id) => byId.get(id),
    spoil: (id) => {
      spoiled.add(id);
    },
    all: async () => ({
      endpoints: structuredClone([...byId.values()].filter(({ id }) => !spoiled.has(id))),
      unreadable: [...spoiled],
    }),
    async find(id) {
      if (spoiled.has(id))
        throw new ServiceError('endpoint.unreadable', { endpointId: id, attributes: ['url'] });
      return structuredClone(byId.get(id));
    },
    async disable(id, reason, at) {
      const endpoint = byId.get(id);
      if (!endpoint || endpoint.disabled) return 'already';
      byId.set(id, { ...endpoint, disabled: { reason, at } });
      return 'disabled';
    },
    async add(endpoint) {
      if (byId.has(endpoint.id)) return 'exists';
      put(endpoint);
      return 'added';
    },
    async update(endpoint) {
      const { disabled } = byId.get(endpoint.id) ?? {};
      if (!byId.has(endpoint.id)) return 'missing';
      put({ ...withoutDisabled(endpoint), ...(disabled && { disabled }) });
      return 'updated';
    },
    async enable(id) {
      const endpoint = byId.get(id);
      if (endpoint) byId.set(id, withoutDisabled(endpoint));
    },
    async remove(id) {
      byId.delete(id);
      spoiled.delete(id);
    },
  };
}

function withoutDisabled({ disabled: _disabled, ...rest }: Endpoint): Endpoint {
  return rest;
}
