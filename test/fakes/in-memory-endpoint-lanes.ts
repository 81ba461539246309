import { type EndpointLanes, idle } from '../../lambdas/core/endpoint-lanes.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';
import type { EndpointLanesStore } from '../../lambdas/ports/endpoint-lanes.ts';

export function inMemoryEndpointLanes(): EndpointLanesStore {
  const rows = new Map<EndpointId, { readonly lanes: EndpointLanes; readonly revision: number }>();
  return {
    read: async (id) => structuredClone(rows.get(id)) ?? { lanes: undefined, revision: 0 },
    async write(id, lanes, revision) {
      if ((rows.get(id)?.revision ?? 0) !== revision) return 'raced';
      const kept = Object.entries(structuredClone(lanes)).filter(([, value]) => value !== undefined);
      rows.set(id, { lanes: { ...lanes, ...Object.fromEntries(kept) }, revision: revision + 1 });
      return 'written';
    },
    async reset(id) {
      rows.set(id, { lanes: idle, revision: (rows.get(id)?.revision ?? 0) + 1 });
    },
  };
}
