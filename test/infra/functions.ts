import { actContract } from '../../lambdas/act/contract.ts';
import { commandsContract } from '../../lambdas/commands/contract.ts';
import { deliverContract } from '../../lambdas/deliver/contract.ts';
import { doorContract } from '../../lambdas/door/contract.ts';
import { exportContract } from '../../lambdas/export/contract.ts';
import { fanOutContract } from '../../lambdas/fan-out/contract.ts';
import {
  hydrateEngagementContract,
  hydrateInvitationContract,
  hydrateOpportunityContract,
} from '../../lambdas/hydrate/contract.ts';
import { quarantineContract } from '../../lambdas/quarantine/contract.ts';
import { reconcileContract } from '../../lambdas/reconcile/contract.ts';
import type { Contract } from '../../lambdas/runtime/contract.ts';
import { sweepContract } from '../../lambdas/sweep/contract.ts';

const queueActions = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];
const streamActions = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

export interface DeployedFunction {
  /** Construct path below the stack. */
  readonly path: string;
  readonly contract: Contract;
  /** Actions that its event sources need. */
  readonly sourceActions: readonly string[];
}

/** Every function of a stack with default settings. */
export const functions: readonly DeployedFunction[] = [
  { path: 'Hydration/HydrateOpportunity', contract: hydrateOpportunityContract, sourceActions: queueActions },
  { path: 'Hydration/HydrateInvitation', contract: hydrateInvitationContract, sourceActions: queueActions },
  { path: 'Hydration/HydrateEngagement', contract: hydrateEngagementContract, sourceActions: queueActions },
  { path: 'Reconciliation/Reconcile', contract: reconcileContract, sourceActions: [] },
  { path: 'Quarantine/Keep', contract: quarantineContract, sourceActions: queueActions },
  {
    path: 'WebhookDelivery/FanOut',
    contract: fanOutContract,
    sourceActions: [...queueActions, ...streamActions],
  },
  { path: 'WebhookDelivery/Deliver', contract: deliverContract, sourceActions: queueActions },
  { path: 'WebhookDelivery/Sweep', contract: sweepContract, sourceActions: [] },
];

/** The function that a stack has in addition if it exports the Records table. */
export const exportFunctions: readonly DeployedFunction[] = [
  { path: 'RecordExport/Export', contract: exportContract, sourceActions: [] },
];

/** The functions that a stack has in addition if it takes commands. */
export const commandFunctions: readonly DeployedFunction[] = [
  { path: 'Commands/Act', contract: actContract, sourceActions: queueActions },
  { path: 'Commands/Commands', contract: commandsContract, sourceActions: [] },
];

/** The function that a stack has in addition if clients can sign their commands. */
export const doorFunctions: readonly DeployedFunction[] = [
  { path: 'Commands/Door/Door', contract: doorContract, sourceActions: [] },
];
