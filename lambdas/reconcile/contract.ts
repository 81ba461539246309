import type { Contract } from '../runtime/contract.ts';
import { list, notNegative, positiveNumber, text } from '../runtime/env.ts';

/** How long a run takes up further pages. What it began by then ends within the 55 s that the function may run. */
export const workMs = 40_000;
/** Outlasts the function, so that whoever claims a pass next never meets the worker before. Counted from the last page. */
export const leaseMs = 60_000;
/** Where time is scaled down, a page keeps as much as a busy machine needs for it. */
export const leastLeaseMs = 5_000;

export const reconcileContract = {
  name: 'reconcile',
  environment: {
    RECORDS_TABLE_NAME: text,
    CONTROL_TABLE_NAME: text,
    /** The queues of hydration, which take what is found. */
    OPPORTUNITY_QUEUE_URL: text,
    INVITATION_QUEUE_URL: text,
    ENGAGEMENT_QUEUE_URL: text,
    /** Separated by commas. */
    CATALOGS: list,
    /** What the account may read of Partner Central: the limits of Service Quotas. */
    READS_PER_SECOND: positiveNumber,
    READS_PER_DAY: positiveNumber,
    /** From the start of one pass to the next. */
    RECONCILE_MINUTES: positiveNumber,
    /** How often everything is read again; 0 is never. */
    FULL_PASS_DAYS: notNegative,
    /** How long before its expiration a pending invitation is announced; 0 is never. */
    EXPIRING_DAYS: notNegative,
    /** How long no event may come while changes are found. */
    SILENCE_DAYS: positiveNumber,
    /** Factor on every delay; 1 everywhere but on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    records: ['dynamodb:PutItem', 'dynamodb:BatchGetItem'],
    recordIndexes: ['dynamodb:Query'],
    control: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    opportunityQueue: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
    invitationQueue: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
    engagementQueue: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
    lists: [
      'partnercentral:ListOpportunities',
      'partnercentral:ListEngagementInvitations',
      'partnercentral:ListEngagements',
    ],
  },
  metrics: [
    'FindingsSent',
    'Silence',
    'PassesFinished',
    'PassesFailed',
    'ListItemsUnusable',
    'InvitationsExpiring',
    'ReadsThrottled',
  ],
  levels: {
    /** Reads of Partner Central that the whole stack made in the last 24 hours. */
    ReadsUsedOfDay: 'Count',
  },
} as const satisfies Contract;

export type ReconcileMetric = (typeof reconcileContract.metrics)[number];
export type ReconcileLevel = keyof typeof reconcileContract.levels;
