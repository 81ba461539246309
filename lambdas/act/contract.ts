import { enabledActions } from '../core/enabled-actions.ts';
import { oneOf } from '../core/value-schema.ts';
import { type Contract, storingActions } from '../runtime/contract.ts';
import { positiveNumber, text } from '../runtime/env.ts';

/**
 * Lease of a claimed line, and timeout of the function: a worker ends before another one can claim
 * its line.
 */
export const leaseMs = 2 * 60_000;
/** A call that ends without an answer keeps its line waiting for a minute. */
export const longestWriteMs = 15_000;
/** If time is scaled down, for slow machines. */
const least = { leaseMs: 6_000, writeMs: 750 } as const;

export function scaledLeaseMs(timeScale: number): number {
  return Math.max(leaseMs * timeScale, least.leaseMs);
}

export function scaledWriteMs(timeScale: number): number {
  return Math.max(longestWriteMs * timeScale, least.writeMs);
}

export const actContract = {
  name: 'act',
  environment: {
    RECORDS_TABLE_NAME: text,
    WEBHOOKS_TABLE_NAME: text,
    CONTROL_TABLE_NAME: text,
    /** The function's own doorbell queue. Lines that are due soon are delayed messages. */
    QUEUE_URL: text,
    PARKED_QUEUE_URL: text,
    /** The read limits of the account at Partner Central, as in Service Quotas. */
    READS_PER_SECOND: positiveNumber,
    READS_PER_DAY: positiveNumber,
    /** The write limits of the account at Partner Central. */
    WRITES_PER_SECOND: positiveNumber,
    WRITES_PER_DAY: positiveNumber,
    /** The actions that it may take: `<catalog>:<action>`, from the setting `relay:commands`. */
    COMMANDS: enabledActions,
    /** Whether an invitation that was rejected or taken away loses its sensitive members. */
    REJECTED_INVITATIONS: oneOf('keep', 'redact'),
    /** Factor on every delay. 1, except on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    records: [...storingActions, 'dynamodb:GetItem'],
    recordIndexes: ['dynamodb:Query'],
    webhooks: [
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    control: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    queue: ['sqs:SendMessage'],
    parkedQueue: ['sqs:SendMessage'],
    opportunities: ['partnercentral:GetOpportunity'],
    invitations: ['partnercentral:GetEngagementInvitation'],
    engagements: ['partnercentral:GetEngagement', 'partnercentral:ListEngagementMembers'],
    lists: [
      'partnercentral:ListEngagementByAcceptingInvitationTasks',
      'partnercentral:ListEngagementFromOpportunityTasks',
      'partnercentral:ListOpportunities',
      'partnercentral:ListOpportunityFromEngagementTasks',
    ],
    // Each is granted in the catalogs in which the setting `relay:commands` enables its action.
    leadAcceptances: ['partnercentral:AcceptEngagementInvitation'],
    conversions: ['partnercentral:StartOpportunityFromEngagementTask'],
    contextUpdates: ['partnercentral:UpdateEngagementContext'],
    acceptances: ['partnercentral:StartEngagementByAcceptingInvitationTask'],
    rejections: ['partnercentral:RejectEngagementInvitation'],
    assignments: ['partnercentral:AssignOpportunity'],
    associations: ['partnercentral:AssociateOpportunity'],
    creations: ['partnercentral:CreateOpportunity'],
    submissions: ['partnercentral:StartEngagementFromOpportunityTask'],
    removals: ['partnercentral:DisassociateOpportunity'],
    updates: ['partnercentral:UpdateOpportunity'],
  },
  partitions: {
    records: { 'dynamodb:BatchWriteItem': ['outbox'], 'dynamodb:DeleteItem': ['outbox'] },
    webhooks: ['line#*'],
    control: ['commands', 'quota'],
  },
  metrics: [
    'CommandsSucceeded',
    'CommandsFailed',
    'CommandsExpired',
    'CommandsCancelled',
    'CommandsWaiting',
    /** Looks at commands that IAM denies: they wait. */
    'CommandsDenied',
    /** Commands whose task in AWS failed after it had done a part, such as an acceptance. */
    'CommandsHalfDone',
    'ReadsThrottled',
    'WritesThrottled',
    /** Writes after which an opportunity has no ReviewStatus, or another one than was sent. */
    'ReviewStatusRegressed',
    'DoorbellsParked',
    'RowsUnreadable',
  ],
  levels: {
    /** How long the oldest command that could run has waited, if that is long. */
    CommandAge: 'Seconds',
    ReadsUsedOfDay: 'Count',
    /** Writes by the whole stack in the last 24 hours, from half of the limit on. */
    WritesUsedOfDay: 'Count',
  },
} as const satisfies Contract;

export type ActMetric = (typeof actContract.metrics)[number];
export type ActLevel = keyof typeof actContract.levels;
