import type { EnabledAction } from '../core/enabled-actions.ts';
import type { CommandStore } from '../ports/command-store.ts';
import type { CommandSwitch } from '../ports/command-switch.ts';
import type { LineDoorbell } from '../ports/doorbell.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { PartnerCentralWrites } from '../ports/partner-central-writes.ts';
import type { Random } from '../ports/random.ts';
import type { RecordIndex } from '../ports/record-index.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { SetRecordAsideDeps } from '../records/set-record-aside.ts';
import type { StoreObservationDeps } from '../records/store-observation.ts';
import type { ActLevel, ActMetric } from './contract.ts';

export interface ActDeps extends StoreObservationDeps {
  readonly index: Pick<RecordIndex, 'findByEngagement'>;
  readonly records: StoreObservationDeps['records'] &
    SetRecordAsideDeps['records'] &
    Pick<RecordStore, 'putIntent' | 'removeIntent'>;
  readonly commands: Pick<
    CommandStore,
    'claim' | 'commit' | 'content' | 'line' | 'move' | 'readAgain' | 'release' | 'update'
  >;
  readonly commandSwitch: Pick<CommandSwitch, 'state'>;
  readonly partnerCentral: Pick<
    PartnerCentral,
    | 'getEngagement'
    | 'getEngagementInvitation'
    | 'getOpportunity'
    | 'listAcceptanceTasks'
    | 'listConversionTasks'
    | 'listCreatedOpportunities'
    | 'listEngagementMembers'
    | 'listSubmissionTasks'
  >;
  readonly writes: PartnerCentralWrites;
  readonly doorbell: LineDoorbell;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics<ActMetric, ActLevel>;
  /** The actions that the deployment allows. The commands of others wait. */
  readonly enabled: readonly EnabledAction[];
  /** See REJECTED_INVITATIONS. */
  readonly redactRejected: boolean;
  /** After this time a request does not arrive any more, milliseconds. See `longestCallMs`. */
  readonly callMs: number;
  /** Lease of a claimed line, milliseconds. */
  readonly leaseMs: number;
  /** Factor on waits, see TIME_SCALE. */
  readonly timeScale: number;
}
