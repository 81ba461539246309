import type { EndpointId } from '../core/ids.ts';
import { recordPath, type VersionRef } from '../core/record.ts';
import type { Version } from '../core/version.ts';
import type { StoredGate } from '../ports/endpoint-gate.ts';
import type { Task } from './deliver-in-slot.ts';
import type { DeliverDeps } from './deps.ts';
import { findGateOwner, type GateOwner } from './gate-owner.ts';

/** What was read before the deliveries of an endpoint begin. */
interface ReadTogether {
  /** See `findGateOwner`. */
  readonly owner: GateOwner | undefined;
  /** Undefined if the read failed: it is made again. */
  readonly gate: StoredGate | undefined;
  /** Returns the versions that were read; reads all others. */
  readonly records: DeliverDeps['records'];
}

/**
 * Reads the endpoint, its gate and the versions of first attempts in one turn of the event loop:
 * they share a call. A version is then some milliseconds older than the claim of its delivery.
 */
export async function readTogether(
  endpointId: EndpointId,
  tasks: readonly Task[],
  deps: DeliverDeps,
): Promise<ReadTogether> {
  const { gates, records } = deps;
  const refs = tasks.flatMap(({ first }) => first?.delivery.version ?? []);
  const [owner, [gate], versions] = await Promise.all([
    findGateOwner(endpointId, deps),
    Promise.allSettled([gates.read(endpointId)]),
    Promise.allSettled(refs.map((ref) => records.version(ref))),
  ]);
  const found = versions.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : []));
  return {
    owner,
    gate: gate.status === 'fulfilled' ? gate.value : undefined,
    records: withVersions(records, found),
  };
}

function withVersions(records: DeliverDeps['records'], found: readonly Version[]): DeliverDeps['records'] {
  const byName = new Map(found.map((version) => [nameOf(version), version]));
  return { ...records, version: async (ref) => byName.get(nameOf(ref)) ?? records.version(ref) };
}

function nameOf(ref: VersionRef): string {
  return `${recordPath(ref)} ${ref.version}`;
}
