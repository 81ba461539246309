import type { ErrorCode } from '../lambdas/core/service-error.ts';
import type { PartnerEventEnvelope } from './partner-central/model/partner-events.ts';
import type { SimulatedPartner } from './partner-central/model/simulated-partner.ts';
import type { Random } from './partner-central/seeded-random.ts';

/** Everything that the scenario can act on. */
export interface ScenarioWorld {
  readonly partner: SimulatedPartner;
  readonly random: Random;
  /**
   * Returns the events emitted since the last call. Each scene decides when, in which order and how
   * often to put them.
   */
  readonly takeEmitted: () => PartnerEventEnvelope[];
  readonly put: (events: readonly PartnerEventEnvelope[]) => Promise<void>;
  /** Declares that this event must be parked with this code. */
  readonly expectParked: (eventId: string, code: ErrorCode) => void;
  /** Resolves when the functions have finished all work. */
  readonly waitUntilDrained: () => Promise<void>;
  readonly throttle: (forMs: number) => void;
  readonly failReceiver: (forMs: number) => void;
  /** Runs all passes of `reconcile` now. */
  readonly reconcile: () => Promise<unknown>;
  readonly reads: () => number;
  readonly note: (line: string) => void;
}
