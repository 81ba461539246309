import { type EndpointGate, idleGate } from '../../lambdas/core/endpoint-gate.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';
import type { EndpointGateStore } from '../../lambdas/ports/endpoint-gate.ts';

export function inMemoryEndpointGateStore(): EndpointGateStore {
  const rows = new Map<EndpointId, { readonly lanes: EndpointGate; readonly revision: number }>();
  return {
    read: async (id) => structuredClone(rows.get(id)) ?? { lanes: undefined, revision: 0 },
    async write(id, lanes, revision) {
      if ((rows.get(id)?.revision ?? 0) !== revision) return 'raced';
      const kept = Object.entries(structuredClone(lanes)).filter(([, value]) => value !== undefined);
      rows.set(id, { lanes: { ...lanes, ...Object.fromEntries(kept) }, revision: revision + 1 });
      return 'written';
    },
    async reset(id) {
      rows.set(id, { lanes: idleGate, revision: (rows.get(id)?.revision ?? 0) + 1 });
    },
  };
}
