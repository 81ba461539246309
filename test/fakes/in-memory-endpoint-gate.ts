import { type EndpointGate, idleGate } from '../../lambdas/core/endpoint-gate.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';
import type { EndpointGateStore } from '../../lambdas/ports/endpoint-gate.ts';

export function inMemoryEndpointGateStore(): EndpointGateStore {
  const rows = new Map<EndpointId, { readonly gate: EndpointGate; readonly revision: number }>();
  return {
    read: async (id) => structuredClone(rows.get(id)) ?? { gate: undefined, revision: 0 },
    async write(id, gate, revision) {
      if ((rows.get(id)?.revision ?? 0) !== revision) return 'raced';
      rows.set(id, { gate: structuredClone(gate), revision: revision + 1 });
      return 'written';
    },
    async reset(id) {
      rows.set(id, { gate: idleGate, revision: (rows.get(id)?.revision ?? 0) + 1 });
    },
  };
}
