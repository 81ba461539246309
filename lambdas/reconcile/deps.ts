import type { Finding } from '../core/reconciled-event.ts';
import type { Clock } from '../ports/clock.ts';
import type { FindingQueue } from '../ports/finding-queue.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { PassStore } from '../ports/pass-store.ts';
import type { RecordIndex } from '../ports/record-index.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Sightings } from '../ports/sightings.ts';
import type { AppendDeps } from '../records/append.ts';
import type { ReconcileMetric } from './contract.ts';
import type { Timing } from './timing.ts';

export interface ReconcileDeps {
  readonly catalogs: readonly string[];
  readonly partnerCentral: PartnerCentral;
  readonly passes: PassStore;
  readonly sightings: Pick<Sightings, 'lastEventAt'>;
  readonly records: AppendDeps['records'] & Pick<RecordStore, 'setCurrentAside'>;
  readonly index: Pick<RecordIndex, 'readHeads' | 'findPendingInvitations' | 'findOpenOpportunities'>;
  /** Where findings are sent, by the kind of record. */
  readonly feeds: Readonly<Record<Finding['kind'], { readonly queue: FindingQueue }>>;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly log: Log;
  readonly metrics: Metrics<ReconcileMetric>;
}
