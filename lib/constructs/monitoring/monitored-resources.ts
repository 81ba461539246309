import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Contract } from '../../../lambdas/runtime/contract.ts';
import type { Commands } from '../commands.ts';
import type { EventIntake } from '../event-intake.ts';
import type { Hydration } from '../hydration.ts';
import type { Quarantine } from '../quarantine.ts';
import type { Reconciliation } from '../reconciliation.ts';
import type { RecordExport } from '../record-export.ts';
import type { ServiceFunction } from '../service-function.ts';
import type { WebhookDelivery } from '../webhook-delivery.ts';
import type { WorkQueue } from '../work-queue.ts';

/** The parts of a deployment that emit metrics and logs. */
export interface MonitoredResources {
  readonly records: ITableV2;
  readonly control: ITableV2;
  readonly intake: EventIntake;
  readonly hydration: Hydration;
  readonly reconciliation: Reconciliation;
  readonly quarantine: Quarantine;
  readonly delivery: WebhookDelivery;
  /** Undefined if the stack takes no commands. */
  readonly commands: Commands | undefined;
  /** Undefined if the stack exports nothing. */
  readonly recordExport: RecordExport | undefined;
}

/** Lists the functions in the order in which work passes through them. */
export function listFunctions(resources: MonitoredResources): readonly ServiceFunction<Contract>[] {
  const { hydration, quarantine, reconciliation, delivery, commands, recordExport } = resources;
  return [
    ...hydration.functions,
    quarantine.keep,
    reconciliation.reconcile,
    delivery.fanOut,
    delivery.deliver,
    delivery.sweep,
    ...(commands ? [commands.commands, ...(commands.door ? [commands.door.door] : []), commands.act] : []),
    ...(recordExport ? [recordExport.export] : []),
  ];
}

type NamedQueue = readonly [name: string, queue: WorkQueue];

/** Lists the queues of the functions that read records, each with the name that `pcr` uses. */
export function listHydrationQueues({ hydration }: MonitoredResources): readonly NamedQueue[] {
  return [
    ['opportunity', hydration.opportunities],
    ['invitation', hydration.invitations],
    ['engagement', hydration.engagements],
  ];
}

/** Lists the queues that hold events. */
export function listEventQueues(resources: MonitoredResources): readonly NamedQueue[] {
  return [...listHydrationQueues(resources), ['quarantine', resources.quarantine.events]];
}

/** Lists the queues of events and the doorbell queues. */
export function listQueues(resources: MonitoredResources): readonly NamedQueue[] {
  const { delivery, commands } = resources;
  return [
    ...listEventQueues(resources),
    ['fan-out', delivery.fanOutDoorbell],
    ['delivery', delivery.deliveryDoorbell],
    ...(commands ? [['act', commands.doorbell] as const] : []),
  ];
}
