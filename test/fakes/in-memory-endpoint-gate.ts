import * as v from 'valibot';
import { gateAttributes } from '../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { parseRevision } from '../../lambdas/adapters/dynamodb-revision.ts';
import { type EndpointGate, idleGate } from '../../lambdas/core/endpoint-gate.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';
import type { EndpointGateStore } from '../../lambdas/ports/endpoint-gate.ts';

export interface InMemoryEndpointGateStore extends EndpointGateStore {
  /** Edits attributes of a row by hand; `undefined` removes one. */
  edit(id: EndpointId, attributes: Readonly<Record<string, unknown>>): void;
}

interface GateRow {
  /** Undefined if it is unreadable. */
  readonly gate: EndpointGate | undefined;
  readonly revision: number;
}

const gateItem = v.object(gateAttributes);

export function inMemoryEndpointGateStore(): InMemoryEndpointGateStore {
  const rows = new Map<EndpointId, GateRow>();
  const revisionOf = (id: EndpointId) => rows.get(id)?.revision ?? 0;
  return {
    read: async (id) => structuredClone(rows.get(id)) ?? { gate: undefined, revision: 0 },
    async write(id, gate, revision) {
      if (revisionOf(id) !== revision) return 'raced';
      rows.set(id, { gate: structuredClone(gate), revision: revision + 1 });
      return 'written';
    },
    async reset(id) {
      rows.set(id, { gate: idleGate, revision: revisionOf(id) + 1 });
    },
    edit(id, attributes) {
      const item = { ...rows.get(id)?.gate, revision: revisionOf(id), ...structuredClone(attributes) };
      const { success, output } = v.safeParse(gateItem, item);
      rows.set(id, { gate: success ? output : undefined, revision: parseRevision(item.revision) });
    },
  };
}
