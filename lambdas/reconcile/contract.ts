import { reminderRules } from '../core/reminder-rule.ts';
import { type Contract, storingActions } from '../runtime/contract.ts';
import { list, notNegative, orNone, positiveNumber, text } from '../runtime/env.ts';

/**
 * How long a run reads further pages. The last one ends within the 55 s timeout of the function.
 */
export const workMs = 40_000;
/**
 * From the last page on. Longer than the timeout of the function, so two workers never run one
 * pass.
 */
export const leaseMs = 60_000;
/** The shortest lease if time is scaled down: a page takes that long on a busy machine. */
export const leastLeaseMs = 5_000;

export const reconcileContract = {
  name: 'reconcile',
  environment: {
    RECORDS_TABLE_NAME: text,
    CONTROL_TABLE_NAME: text,
    /** The queues of the `hydrate` functions, to which findings are sent. */
    OPPORTUNITY_QUEUE_URL: text,
    INVITATION_QUEUE_URL: text,
    ENGAGEMENT_QUEUE_URL: text,
    CATALOGS: list,
    /** The read limits of the account in Partner Central, see Service Quotas. */
    READS_PER_SECOND: positiveNumber,
    READS_PER_DAY: positiveNumber,
    /** From the start of one pass to the start of the next. */
    RECONCILE_MINUTES: positiveNumber,
    /** How often every record is read again; 0: never. */
    FULL_PASS_DAYS: notNegative,
    /** How long before its expiration a pending invitation is announced; 0: never. */
    EXPIRING_DAYS: notNegative,
    /** The reminders that are switched on, from the setting `relay:reminders`. */
    REMINDERS: /* @__PURE__ */ orNone(reminderRules),
    /** Silence is counted if changes are found, but no event arrived for this long. */
    SILENCE_DAYS: positiveNumber,
    /** Factor for every delay. 1, except on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    records: storingActions,
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
  partitions: {
    records: { 'dynamodb:BatchWriteItem': ['outbox'], 'dynamodb:DeleteItem': ['outbox'] },
    control: ['pass', 'quota', 'sightings'],
  },
  metrics: [
    'FindingsSent',
    'Silence',
    'PassesFailed',
    /** Passes that failed permanently: the list is refused, or its content is unusable. */
    'ReadsRefused',
    'ListItemsUnusable',
    'InvitationsExpiring',
    'RemindersAnnounced',
    'ReadsThrottled',
    'RowsUnreadable',
    'TimestampsUnreadable',
  ],
  levels: {
    /** Reads by the whole stack in the last 24 hours, from half of the limit on. */
    ReadsUsedOfDay: 'Count',
  },
} as const satisfies Contract;

export type ReconcileMetric = (typeof reconcileContract.metrics)[number];
