import type { PartnerEvent } from '../core/partner-event.ts';
import type { RecordKey } from '../core/record.ts';
import type { ServiceError } from '../core/service-error.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { StoreObservationDeps, StoreOutcome } from '../records/store-observation.ts';
import type { HydrateMetric } from './contract.ts';

/** What hydrating needs for every kind of record. */
export interface HydrateDeps extends StoreObservationDeps {
  readonly partnerCentral: PartnerCentral;
  /**
   * How long after an event a read of Partner Central is sure to return the change, milliseconds.
   */
  readonly settleMs: number;
  /**
   * Maximum age of an event for which a refused or outdated read may just be too early,
   * milliseconds. After that the answer is final.
   */
  readonly freshMs: number;
}

/**
 * `reflected`: the stored state was read after the event, so nothing was read. `absent`: AWS does
 * not have the record yet. `gone`: AWS took the record away, and that is stored already.
 */
export type Outcome = StoreOutcome | 'reflected' | 'absent' | 'gone';

/** How records are counted. Other outcomes are not. */
export const metricByOutcome: Readonly<Partial<Record<Outcome, HydrateMetric>>> = {
  stored: 'RecordsStored',
  unchanged: 'RecordsUnchanged',
  stale: 'RecordsStale',
  behind: 'RecordsStale',
};

/** What happened to one record. Logged and counted once for each record that a batch hydrates. */
export interface HydrationResult {
  readonly key: RecordKey;
  readonly outcome: Outcome;
  /** Reads of Partner Central. */
  readonly reads: number;
  /**
   * True if the record was stored because `reconcile` found it, although AWS should have sent an
   * event.
   */
  readonly repaired: boolean;
  /** True if AWS's timestamp in the answer cannot be read. */
  readonly isTimestampUnreadable?: boolean | undefined;
  /**
   * Set if the state is not certain, or if a record that belongs to this one is not stored yet: the
   * events are sent to the queue again.
   */
  readonly pending?: ServiceError | undefined;
}

export function hydrationResult(
  key: RecordKey,
  outcome: Outcome,
  reads: number,
  events: readonly PartnerEvent[],
): HydrationResult {
  const repaired = outcome === 'stored' && events.every(({ listed }) => listed?.drift === true);
  return { key, outcome, reads, repaired };
}
