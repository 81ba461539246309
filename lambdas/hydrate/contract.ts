import {
  engagementDetailTypes,
  invitationDetailTypes,
  opportunityDetailTypes,
} from '../core/partner-event.ts';
import { oneOf } from '../core/value-schema.ts';
import { type Contract, storingActions } from '../runtime/contract.ts';
import { notNegative, positiveNumber, text, textOrNone } from '../runtime/env.ts';

export { partnerCentralSource } from '../core/partner-event.ts';

/** Event times are truncated to seconds: the change may have happened up to a second later. */
export const eventResolutionSeconds = 1;

const environment = {
  RECORDS_TABLE_NAME: text,
  CONTROL_TABLE_NAME: text,
  /** The queue that it receives from. Work that cannot run now is sent there again. */
  QUEUE_URL: text,
  PARKED_QUEUE_URL: text,
  /**
   * After this time a read is sure to return a change. Every event waits for this time and the
   * second of truncation: in the queue, or sent there again after its early read.
   */
  SETTLE_SECONDS: notNegative,
  /**
   * Early reads are made up to this percentage of READS_PER_DAY. 0: none are made, and the queue
   * delays every event.
   */
  EARLY_READ_PERCENT: notNegative,
  /** The read limits of the account at Partner Central, as in Service Quotas. */
  READS_PER_SECOND: positiveNumber,
  READS_PER_DAY: positiveNumber,
  /** Factor on every delay. 1 except on the local stage. */
  TIME_SCALE: positiveNumber,
} as const;

const storage = {
  records: storingActions,
  control: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  queue: ['sqs:SendMessage'],
  parkedQueue: ['sqs:SendMessage'],
} as const;

/** Only intents are deleted, or written without a condition. */
const deletes = {
  records: { 'dynamodb:BatchWriteItem': ['outbox'], 'dynamodb:DeleteItem': ['outbox'] },
} as const;

/** Counts of records by outcome, and of messages that were postponed or parked. */
export const hydrateMetrics = [
  'RecordsStored',
  'RecordsUnchanged',
  'RecordsStale',
  'RecordsRepaired',
  'ReadsWaiting',
  'ReadsThrottled',
  'EventsPostponed',
  'EventsParked',
  'FindingsRefused',
  /** Events and findings whose read Partner Central refuses permanently. */
  'ReadsRefused',
  /** Rows that were edited by hand and are invalid: set aside, or repaired. */
  'RowsUnreadable',
  /** Reads whose timestamp of AWS is not a valid date-time, or is gone. */
  'TimestampsUnreadable',
  /** Times that the list of solutions failed, so that messages lack names of solutions. */
  'SolutionListsFailed',
] as const;
export type HydrateMetric = (typeof hydrateMetrics)[number];

export const hydrateLevels = {
  /** Reads by the whole stack in the last 24 hours, from half of the limit on. */
  ReadsUsedOfDay: 'Count',
  /** Age of the oldest event in a batch, if it is late. Events of `reconcile` do not count. */
  OldestWorkAge: 'Seconds',
} as const;
export type HydrateLevel = keyof typeof hydrateLevels;

export const hydrateOpportunityContract = {
  name: 'hydrate-opportunity',
  detailTypes: opportunityDetailTypes,
  environment: {
    ...environment,
    /** Has the lines of commands. `none` if the deployment takes no commands. */
    WEBHOOKS_TABLE_NAME: textOrNone,
    /** `none` if the deployment takes no commands. */
    ACT_QUEUE_URL: textOrNone,
  },
  actions: {
    ...storage,
    webhooks: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    actQueue: ['sqs:SendMessage'],
    opportunities: ['partnercentral:GetOpportunity', 'partnercentral:GetAwsOpportunitySummary'],
    lists: ['partnercentral:ListSolutions'],
  },
  partitions: { ...deletes, webhooks: ['line#*'], control: ['quota', 'sightings', 'solutions'] },
  metrics: hydrateMetrics,
  levels: hydrateLevels,
} as const satisfies Contract & { detailTypes: readonly string[] };

export const hydrateInvitationContract = {
  name: 'hydrate-invitation',
  detailTypes: invitationDetailTypes,
  environment: {
    ...environment,
    /** Whether an invitation that was rejected or taken away loses its sensitive members. */
    REJECTED_INVITATIONS: oneOf('keep', 'redact'),
    /** Has the lines of commands. `none` if the deployment takes no commands. */
    WEBHOOKS_TABLE_NAME: textOrNone,
  },
  actions: {
    ...storage,
    webhooks: ['dynamodb:GetItem'],
    recordIndexes: ['dynamodb:Query'],
    invitations: ['partnercentral:GetEngagementInvitation'],
    lists: ['partnercentral:ListEngagementByAcceptingInvitationTasks'],
  },
  partitions: { ...deletes, webhooks: ['line#*'], control: ['quota', 'sightings'] },
  metrics: hydrateMetrics,
  levels: hydrateLevels,
} as const satisfies Contract & { detailTypes: readonly string[] };

export const hydrateEngagementContract = {
  name: 'hydrate-engagement',
  detailTypes: engagementDetailTypes,
  environment: {
    ...environment,
    /** Has the lines of commands. `none` if the deployment takes no commands. */
    WEBHOOKS_TABLE_NAME: textOrNone,
  },
  actions: {
    ...storage,
    webhooks: ['dynamodb:GetItem'],
    recordIndexes: ['dynamodb:Query'],
    engagements: ['partnercentral:GetEngagement', 'partnercentral:ListEngagementMembers'],
  },
  partitions: { ...deletes, webhooks: ['line#*'], control: ['quota', 'sightings'] },
  metrics: hydrateMetrics,
  levels: hydrateLevels,
} as const satisfies Contract & { detailTypes: readonly string[] };
