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
  /** Returns the version that was read a moment ago; reads all others. */
  readonly records: DeliverDeps['records'];
}

/**
 * How old a version may be that is sent, milliseconds. A delivery may wait for its start for
 * seconds: a version that is erased meanwhile must not be sent.
 */
const longestAgeMs = 250;

/**
 * Reads the endpoint, its gate and, if its delivery is alone, the version of a first attempt in one
 * turn of the event loop: they share a call. Several deliveries share the later read of their
 * versions, which is not made while the gate is closed.
 */
export async function readTogether(
  endpointId: EndpointId,
  tasks: readonly Task[],
  deps: DeliverDeps,
): Promise<ReadTogether> {
  const { gates, records, clock } = deps;
  const [task, ...others] = tasks;
  const ref = others.length === 0 ? task?.first?.delivery.version : undefined;
  const readAtMs = clock.nowMs();
  const [owner, [gate], [version]] = await Promise.all([
    findGateOwner(endpointId, deps),
    Promise.allSettled([gates.read(endpointId)]),
    Promise.allSettled([ref && records.version(ref)]),
  ]);
  const found = version.status === 'fulfilled' ? version.value : undefined;
  return {
    owner,
    gate: gate.status === 'fulfilled' ? gate.value : undefined,
    records: found ? withVersion(found, readAtMs, deps) : records,
  };
}

function withVersion(
  found: Version,
  readAtMs: number,
  { records, clock }: Pick<DeliverDeps, 'records' | 'clock'>,
): DeliverDeps['records'] {
  const isFound = (ref: VersionRef): boolean =>
    nameOf(ref) === nameOf(found) && clock.nowMs() - readAtMs <= longestAgeMs;
  return { ...records, version: async (ref) => (isFound(ref) ? found : records.version(ref)) };
}

function nameOf(ref: VersionRef): string {
  return `${recordPath(ref)} ${ref.version}`;
}
