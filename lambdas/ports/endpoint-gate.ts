import type { EndpointGate } from '../core/endpoint-gate.ts';
import type { EndpointId } from '../core/ids.ts';

export interface StoredGate {
  /** Undefined if there is no valid row. */
  readonly gate: EndpointGate | undefined;
  /** Number of the write that stored it; 0 if there is no row or its revision is invalid. */
  readonly revision: number;
  /** Set if the row is invalid, because it was edited by hand. The next write repairs it. */
  readonly isEdited?: boolean | undefined;
}

/**
 * Gates of endpoints: one row each, changed under an optimistic lock.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface EndpointGateStore {
  /** Reads consistently. */
  read(id: EndpointId): Promise<StoredGate>;
  /**
   * Writes the next revision if `revision` is still the stored one. `raced`: another writer was
   * faster.
   */
  write(id: EndpointId, gate: EndpointGate, revision: number): Promise<'written' | 'raced'>;
  /** Clears slots, breaker and pace. A write on an earlier revision is `raced`. */
  reset(id: EndpointId): Promise<void>;
}
