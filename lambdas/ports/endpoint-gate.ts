import type { EndpointGate } from '../core/endpoint-gate.ts';
import type { EndpointId } from '../core/ids.ts';

export interface StoredGate {
  /** Undefined where there is no row yet, or one that somebody edited into none. */
  readonly lanes: EndpointGate | undefined;
  /** The number of the write that it comes from; 0 where there is none. */
  readonly revision: number;
}

/**
 * One row for each endpoint that says how it does and who works for it.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface EndpointGateStore {
  /** Read consistently. */
  read(id: EndpointId): Promise<StoredGate>;
  /** Writes it under the next revision, provided that `revision` still stands. `raced`: somebody else wrote in between. */
  write(id: EndpointId, lanes: EndpointGate, revision: number): Promise<'written' | 'raced'>;
  /** Forgets all of it: failures, breaker, turns. Whoever has read it before and writes then is `raced`. */
  reset(id: EndpointId): Promise<void>;
}
