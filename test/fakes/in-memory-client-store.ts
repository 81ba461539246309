import type { Client } from '../../lambdas/core/client.ts';
import { ServiceError } from '../../lambdas/core/service-error.ts';
import type { ClientStore } from '../../lambdas/ports/client-store.ts';

export interface InMemoryClientStore extends ClientStore {
  /** Adds a client, or replaces the one of the same id. */
  put(client: Client): void;
  /** Makes a client unreadable, like an edited item that is invalid. `put` repairs it. */
  spoil(id: string): void;
}

export function inMemoryClientStore(clients: readonly Client[] = []): InMemoryClientStore {
  const byId = new Map(clients.map((client) => [client.id, structuredClone(client)]));
  const spoiled = new Set<string>();
  return {
    put(client) {
      spoiled.delete(client.id);
      byId.set(client.id, structuredClone(client));
    },
    spoil(id) {
      spoiled.add(id);
    },
    async find(id) {
      if (spoiled.has(id))
        throw new ServiceError('client.unreadable', { clientId: id, attributes: ['never'] });
      return structuredClone(byId.get(id));
    },
  };
}
